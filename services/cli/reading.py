"""What the command reads from a running system: inboxes, explanations, the policy, schools, bundles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from services.cli.client import Answer, Lost, System
from services.cli.errors import CliError, NothingFound
from services.cli.publishing import AGAIN, AGAIN_SECONDS
from services.runtime.clock import elapsed, rest

PAGE = 500
OPEN_SECONDS = 60.0
NOT_FOUND = 404


def inbox(system: System, recipient: str, person: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield every release to a recipient, in order."""
    after: str | None = None
    while True:
        query = {"limit": str(PAGE), **({"after": after} if after else {})}
        page = system.get("/v1/inbox", query, agency=recipient, person=person).good()
        if not page["releases"]:
            return
        yield from page["releases"]
        after = page["next"]


def opened(
    system: System, row: Mapping[str, Any], purpose: str, recipient: str, person: str | None = None
) -> dict[str, Any]:
    """Return a release with what may be opened of it now, the opening recorded; `{}` where nothing may be.

    No section is named: of a release that a later one changed, those that still stand are opened.
    """
    if not row["sections"]:
        return {**row, "sections": {}}
    body = {"release_id": row["release_id"], "purpose": purpose}
    answer = _patiently(system, body, recipient, person)
    content = {} if answer.status == NOT_FOUND else answer.good()["sections"]
    return {**row, "sections": content}


def explanation(system: System, event: str, to: str | None, person: str | None = None) -> dict[str, Any]:
    """Return the decisions on an event, known by the log's id or its publisher's, told to the Hub.

    With `to` the one on that recipient. Raises NothingFound where there is none that may be told.
    """
    path = f"/v1/events/{quote(event, safe='')}/explanation"
    answer = system.get(path, {"to": to or ""}, person=person)
    if answer.status == NOT_FOUND:
        raise NothingFound(_nothing(event, to))
    found: dict[str, Any] = answer.good()
    return found


LEDGERS = (
    "not-shared",
    "withheld",
    "overridden",
    "own-word",
    "openings",
    "parties",
    "told",
    "roles",
    "waiting",
    "erasures",
    "unanswered",
    "undecided",
    "held-back",
    "put-right",
)

WHO_MAY = {"told": "the alias is not one of yours", "erasures": "ask as the partnership's office"}


def ledger(
    system: System, name: str, query: Mapping[str, str | None], agency: str, person: str | None
) -> dict[str, Any]:
    """Return one of the ledger's lists. Raises NothingFound where there is none the caller may have."""
    if name not in LEDGERS:
        raise CliError(f"there is no list `{name}`: ask for one of {', '.join(LEDGERS)}")
    asked = {key: value for key, value in query.items() if value is not None}
    answer = system.get(f"/v1/ledger/{name}", asked, agency=agency, person=person)
    if answer.status == NOT_FOUND:
        about = WHO_MAY.get(name, "ask as the Hub or an auditor")
        raise NothingFound(f"there is nothing in `{name}` that you may have: {about}")
    found: dict[str, Any] = answer.good()
    return found


def _nothing(event: str, to: str | None) -> str:
    if to is None:
        return f"nothing is decided about `{event}` that you may know: check the id, or settle and ask again"
    return f"nothing is decided about `{event}` for `{to}` that you may know: check the id and the recipient"


def _patiently(system: System, body: Mapping[str, Any], recipient: str, person: str | None) -> Answer:
    until = elapsed() + OPEN_SECONDS
    while True:
        try:
            answer = system.post("/v1/open", body, agency=recipient, person=person)
            if answer.status not in AGAIN or elapsed() > until:
                return answer
        except Lost:
            if elapsed() > until:
                raise
        rest(AGAIN_SECONDS)
