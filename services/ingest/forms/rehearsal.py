"""A sandbox's events, answered by foresight alone as the door would answer whom it rehearses.

An id of `Forced` has an event answered in one way, as long as nothing is wrong with the event: what would be
refused is refused under any id.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from services.ingest.forms.documents import Forms
from services.ingest.forms.foresight import Foresight
from services.ingest.state import Json, Reason, Registered, Sender
from services.ingest.store.answers import Offered, Status, Taken, conflict, refused
from services.vocabulary.sandbox import PREFIX, Forced

NO_SCHOOL: Final = "000000"
"""A number that no school has."""

FLAGGED: Final = Reason(
    pointer="/id",
    rule="sandbox",
    detail="the sandbox was asked for a defect",
    fix="send a correction, as for any defect",
)
NO_CHILD: Final = Reason(
    pointer="/children",
    rule="sandbox",
    detail="the event has no child whom a school could be told of",
    fix="send a VPA with a child under this id",
)
NO_SUCH_ID: Final = Reason(
    pointer="/id",
    rule="sandbox-id",
    detail=f"your own ids do not begin with `{PREFIX}`, and none of the sandbox's is called so",
    fix=f"use an id of your own, or one of {', '.join(Forced)}",
)


class Rehearsal:
    """Answer what one publisher's sandbox sends in one request. `at`: when it came.

    Nothing is looked up, and nothing is remembered from one request to the next. What an event names is
    supposed to be known, as `sightline check` supposes.
    """

    def __init__(self, forms: Forms, registered: Registered, sender: Sender, at: datetime) -> None:
        self._forms = forms
        self._registered = registered
        self._sender = sender
        self._at = at
        self._foresight = self._fresh()

    def of(self, documents: Sequence[Json]) -> tuple[Taken, ...]:
        """Return what becomes of each event, in order, without event id or receipt."""
        return tuple(map(self._one, documents))

    def _one(self, document: Json) -> Taken:
        forced = asked_for(document)
        if forced is None:
            return _as_usual(self._foresight.one(document).taken)
        found = self._fresh().one(_changed(document, forced)).taken
        return found if found.status is Status.REFUSED else _forced(found, forced)

    def _fresh(self) -> Foresight:
        return Foresight(self._forms, self._registered, self._sender, self._at)


def asked_for(document: Json) -> Forced | None:
    """Return the answer that an event asks for by its id, or None."""
    asked = document.get("id") if isinstance(document, dict) else None
    return Forced(asked) if isinstance(asked, str) and asked in set(Forced) else None


def is_busy(documents: Sequence[Json]) -> bool:
    """Say whether an event of a request asks that nothing of it be looked at."""
    return any(asked_for(each) is Forced.BUSY for each in documents)


def is_late(documents: Sequence[Json], taken: Sequence[Taken]) -> bool:
    """Say whether an event of a request that is taken asks to be acknowledged late."""
    return any(
        asked_for(each) is Forced.LATE and found.status is not Status.REFUSED
        for each, found in zip(documents, taken, strict=True)
    )


def _as_usual(taken: Taken) -> Taken:
    """Return an answer as it is, but for an id that looks like the sandbox's own and is none."""
    if taken.id is None or not taken.id.startswith(PREFIX):
        return taken
    return refused(_offered(taken), (NO_SUCH_ID, *(each for each in taken.reasons if each.pointer != "/id")))


def _changed(document: Json, forced: Forced) -> Json:
    """Return an event with that put into it which has the door answer as asked."""
    assert isinstance(document, dict)
    if forced is Forced.REFUSED:
        return {**{name: value for name, value in document.items() if name != "occurred_at"}, "sandbox": True}
    children = document.get("children")
    if forced is Forced.UNROUTABLE and isinstance(children, list):
        return {**document, "children": list(map(_at_no_school, children))}
    return document


def _at_no_school(child: Json) -> Json:
    return {**child, "school_urn": NO_SCHOOL, "home_educated": False} if isinstance(child, Mapping) else child


def _forced(found: Taken, forced: Forced) -> Taken:
    """Return what is answered to an event that the door would take, as its id asks for it."""
    if forced in (Forced.DUPLICATE, Forced.LATE):
        return replace(found, status=Status.DUPLICATE)
    if forced is Forced.CONFLICT:
        return conflict(_offered(found), ())
    if forced is Forced.DEFECT:
        return replace(found, defects=(FLAGGED, *found.defects))
    if forced is Forced.UNROUTABLE and "unknown-school" not in {each.rule for each in found.defects}:
        return refused(_offered(found), (NO_CHILD,))
    return found


def _offered(taken: Taken) -> Offered:
    return Offered(id=taken.id, mac=b"", schema=None, submission=None)
