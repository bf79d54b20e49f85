"""Asks the keyring to open what notify plans for, as service `notify`; every opening is on the record."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from services.notify.rules.placement import Pupil
from services.notify.rules.tokens import Element
from services.vocabulary.times import date_in, time_in

PURPOSE = "Operation Encompass planning"
ANSWER_SECONDS = 10.0


class Busy(Exception):
    """The keyring does not answer now: ask again."""


class Hidden(Exception):
    """The keyring shows nothing: not released (yet), recalled, or erased."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an event's `facts` say that matters here; `notification` is a message's id.

    `taken_back`: the event that is taken back from everybody.
    """

    child_count: int | None
    occurred_at: datetime | None
    notification: str | None = None
    taken_back: str | None = None


class Keyring:
    """The keyring over HTTP. `token` makes a fresh token for each call."""

    def __init__(self, url: str, token: Callable[[], str]) -> None:
        self._client = httpx.Client(base_url=url, timeout=ANSWER_SECONDS)
        self._token = token

    def facts(self, release_id: str) -> Facts:
        """Return the facts of an event released to the partnership. Raises Busy or Hidden."""
        found = self._open(release_id, ("facts",)).get("facts")
        if not isinstance(found, Mapping):
            raise Hidden
        count, notification = found.get("child_count"), found.get("notification")
        return Facts(
            child_count=count if isinstance(count, int) else None,
            occurred_at=time_in(found.get("occurred_at")),
            notification=notification if isinstance(notification, str) else None,
            taken_back=_taken_back(found),
        )

    def children(self, release_id: str, names: Sequence[str]) -> tuple[Element, ...]:
        """Return the children of a release, in the order of `names`. Raises Busy or Hidden."""
        if not names:
            return ()
        found = self._open(release_id, names)
        if any(not isinstance(found.get(name), Mapping) for name in names):
            raise Hidden
        return tuple(_element(found[name]) for name in names)

    def _open(self, release_id: str, sections: Sequence[str]) -> Mapping[str, Any]:
        body = {"release_id": release_id, "sections": list(sections), "purpose": PURPOSE}
        try:
            answer = self._client.post(
                "/v1/open", json=body, headers={"authorization": f"Bearer {self._token()}"}
            )
        except httpx.HTTPError as error:
            raise Busy from error
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise Hidden
        if answer.status_code != httpx.codes.OK:
            raise Busy
        found = answer.json().get("sections")
        return found if isinstance(found, Mapping) else {}


def _taken_back(facts: Mapping[str, Any]) -> str | None:
    """Return what facts say is taken back from everybody; None: they name from whom alone, or nothing is."""
    event_id = facts.get("retracts")
    return event_id if isinstance(event_id, str) and not facts.get("to") else None


def _element(found: Mapping[str, Any]) -> Element:
    pupil = Pupil(
        school_urn=found.get("school_urn") or None,
        home_educated=found.get("home_educated") is True,
        conflict=found.get("school_conflict") == "yes",
        born=date_in(found.get("date_of_birth")),
    )
    return Element(
        pupil=pupil,
        given_name=found.get("given_name") or "",
        family_name=found.get("family_name") or "",
        occurred_at=time_in(found.get("occurred_at")),
    )
