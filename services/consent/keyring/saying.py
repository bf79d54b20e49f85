"""Say through the door, like anyone else, that a person was erased."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import httpx

from services.consent.keyring.erasing import NotTaken
from services.eventlog.aliases import alias
from services.eventlog.errors import Unavailable
from services.vocabulary.events import EventType
from services.vocabulary.times import format_time

NAME: Final = "keyring"
ANSWER_SECONDS: Final = 30.0
TAKEN: Final = (200, 201)
REFUSED: Final = range(400, 500)


class Sayer:
    """Publishes as the keyring. `token` makes a fresh token for each call."""

    def __init__(self, *, door: str, token: Callable[[], str], alias_key: bytes) -> None:
        self._client = httpx.Client(base_url=door, timeout=ANSWER_SECONDS)
        self._token = token
        self._alias_key = alias_key

    def erased(self, persons: Sequence[str], order: str, at: datetime) -> None:
        """Publish that a person was erased by an order, under every name: the same event however often.

        Raises NotTaken where the door refuses it, and Unavailable where it may have taken it.
        """
        names = [alias(self._alias_key, person, "person", NAME) for person in persons]
        event = {
            "type": EventType.PERSON_ERASED.value,
            "id": f"erased-{order}-{names[0]}",
            "occurred_at": format_time(at),
            "facts": {"persons": names, "order": order},
        }
        try:
            answer = self._client.post(
                "/v1/events", json=event, headers={"authorization": f"Bearer {self._token()}"}
            )
        except httpx.HTTPError as error:
            raise Unavailable("the door does not answer: ask again") from error
        if answer.status_code in REFUSED:
            raise NotTaken(f"the door refused it with {answer.status_code}")
        if answer.status_code not in TAKEN:
            raise Unavailable(f"the door answered {answer.status_code}: ask again")
