"""Ask for a checkpoint, for the key it verifies under, or for a bundle to check offline."""

import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Annotated, Protocol

from fastapi import Depends, FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.background import BackgroundTask

from services.audit.flow import LOG
from services.audit.rules.notes import Signer
from services.audit.store.bundles import Bundles, pack
from services.audit.store.trees import Trees
from services.eventlog.described import RECORDS
from services.eventlog.errors import Unavailable
from services.eventlog.masking import masked, place
from services.eventlog.records import Stored
from services.runtime.described import OPEN, TEXT, other, refusals
from services.runtime.identity import Caller, Unauthenticated, Verifier
from services.runtime.operators import operator_by
from services.runtime.partnership import Partnership, Role
from services.runtime.web import busy, problem
from services.vocabulary.agencies import HUB, is_recipient

TAR = "application/x-tar"
START = re.compile("[0-9]{1,15}", re.ASCII)
MOST_RECORDS = 50
"""Records that one look at a topic shows."""


def _query(name: str, description: str, **limits: str) -> dict[str, object]:
    schema = {**TEXT, **limits}
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


PLACE = {
    "parameters": [
        {**_query("topic", "which topic"), "required": True},
        _query("from", "the first record's offset; left out: the last there are", pattern="^[0-9]{1,15}$"),
        _query("most", f"how many records, at most {MOST_RECORDS}", pattern="^[0-9]{1,15}$"),
    ]
}
PLAIN = "text/plain"
KEY = other(
    PLAIN,
    "The trust root, as C2SP writes a verifier key: its name, its hash and the key.",
    example="cheshire.sightline+3f0b7c52+AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g\n",
)
HEAD = other(
    PLAIN,
    "A C2SP checkpoint: of what, how many events it has, their root, and who signed it.",
    example="sightline/cheshire/log\n41\nq83vEjRWeJqrze8SNFZ4mqvN7xI0VniaqzfvEjRWeJo=\n\n"
    "\u2014 cheshire.sightline c2lnbmF0dXJl\n",
)
WHOSE = {"parameters": [_query("as", "a recipient's own releases; left out: the whole record")]}


class Topics(Protocol):
    """What looking at a topic needs of a reader."""

    def end(self, topic: str) -> int:
        """Return the offset the next record will have."""

    def fetch(self, topic: str, offsets: Iterable[int]) -> dict[int, Stored]:
        """Return the records at these offsets."""


def add_routes(
    app: FastAPI,
    *,
    trees: Trees,
    bundles: Bundles,
    signer: Signer,
    callers: Verifier,
    partnership: Partnership,
    scratch: Path,
    reader: Topics,
    topics: Collection[str],
) -> None:
    """Add the audit's pages to an app. Bundles are put together under `scratch`, sealed as they are kept.

    `reader` may read each of `topics`: an operator looks at their records masked.
    """

    def known(request: Request) -> Caller:
        return callers.caller(request.headers.get("authorization"))

    @app.exception_handler(Unauthenticated)
    async def unauthenticated(_request: Request, error: Unauthenticated) -> Response:
        return problem(401, "not authenticated", str(error))

    @app.exception_handler(Unavailable)
    async def unavailable(_request: Request, _error: Unavailable) -> Response:
        return busy("the log does not answer: try again")

    @app.get(
        "/v1/checkpoint/key",
        summary="The key checkpoints verify under",
        response_class=PlainTextResponse,
        responses=KEY,
        openapi_extra=OPEN,
    )
    def key() -> Response:
        return PlainTextResponse(signer.vkey() + "\n")

    @app.get(
        "/v1/checkpoint",
        summary="The log's signed tree head",
        response_class=PlainTextResponse,
        responses=HEAD,
    )
    def checkpoint(request: Request) -> Response:
        known(request)
        return PlainTextResponse(trees.head(LOG)[1])

    @app.get(
        "/v1/operations/records",
        summary="Records of a topic, masked, for operators",
        responses=RECORDS,
        openapi_extra=PLACE,
    )
    def records(request: Request, _operator: Annotated[Caller, Depends(operator_by(callers))]) -> Response:
        topic, start, most = (request.query_params.get(name, "") for name in ("topic", "from", "most"))
        if topic not in topics or not all(given == "" or START.fullmatch(given) for given in (start, most)):
            return problem(
                422,
                "no such place",
                "`topic`, `from` or `most` is none of ours: give a topic, an offset and how many records",
            )
        end, count = reader.end(topic), min(int(most or MOST_RECORDS), MOST_RECORDS)
        first = max(end - count, 0) if start == "" else int(start)
        found = reader.fetch(topic, range(first, min(first + count, end)))
        return JSONResponse({"records": [{**place(one), **masked(topic, one)} for one in found.values()]})

    @app.get(
        "/v1/export",
        summary="A bundle to check offline",
        response_class=FileResponse,
        responses={**other(TAR, "A bundle to check offline."), **refusals(404)},
        openapi_extra=WHOSE,
    )
    def export(request: Request) -> Response:
        recipient = request.query_params.get("as")
        if not may_export(known(request), recipient):
            return problem(
                404, "not found", "there is nothing here for you: ask the Hub's lead or an auditor"
            )
        if recipient is None:
            return _bundle(bundles.full, scratch)
        if not _is_registered(recipient, partnership):
            return problem(404, "not found", "no such recipient is registered: use its own name")
        return _bundle(lambda directory: bundles.of(recipient, directory), scratch)


def may_export(caller: Caller, recipient: str | None) -> bool:
    """Say whether a caller may have the whole record (None) or a recipient's own releases."""
    if caller.role is Role.AUDITOR or (caller.agency == HUB and caller.role is Role.LEAD):
        return True
    return recipient == caller.agency and caller.role not in (Role.RESPONDER, Role.SERVICE)


def _is_registered(recipient: str, partnership: Partnership) -> bool:
    return is_recipient(recipient) and recipient in partnership.publishers()


def _bundle(make: Callable[[Path], None], scratch: Path) -> Response:
    scratch.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=scratch))
    try:
        (work / "bundle").mkdir()
        make(work / "bundle")
        pack(work / "bundle", work / "bundle.tar")
    except BaseException:
        shutil.rmtree(work)
        raise
    return FileResponse(work / "bundle.tar", media_type=TAR, background=BackgroundTask(shutil.rmtree, work))
