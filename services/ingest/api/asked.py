"""What a request asks of the door, once it can be read at all."""

from dataclasses import dataclass

from fastapi.responses import Response

from services.ingest.api import answers
from services.ingest.forms.strict import Malformed, parse
from services.ingest.settings import BATCH_LIMIT
from services.ingest.state import Json
from services.ingest.store.answers import wrong_size


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Hold the events of one request; `is_batch`: they came as an array, and are answered as one."""

    documents: list[Json]
    is_batch: bool


def asked(body: bytes) -> Asked | Response:
    """Return a request's events, or the answer to one of which no event is looked at."""
    try:
        document = parse(body)
    except Malformed as error:
        return answers.malformed(error.fault.reason())
    documents: list[Json] = document if isinstance(document, list) else [document]
    if not 0 < len(documents) <= BATCH_LIMIT:
        return answers.refused_whole(wrong_size())
    return Asked(documents=documents, is_batch=isinstance(document, list))
