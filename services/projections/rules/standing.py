"""What of an incident stands, and whether anybody of its recipient's agency has opened that. Pure.

One rule for the tables and for the pages: both give what they have of a release as `Told`.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from enum import StrEnum
from typing import Final, Protocol, TypeVar

from services.vocabulary.events import VPA_FAMILY, EventType

UNOPENED_IS_NO_NEWS: Final = frozenset({"facts"})
"""Sections that our own services open: a release of these alone is never waiting to be opened."""

REVIEWED: Final = VPA_FAMILY - {EventType.VPA_RAISED}
"""Forms that the Hub looked at."""


class Told(Protocol):
    """One release to one recipient, as far as these rules look at it."""

    @property
    def release_id(self) -> str:
        """Its id."""

    @property
    def seq(self) -> int:
        """Its number among the recipient's."""

    @property
    def event_id(self) -> str:
        """Which event was released."""

    @property
    def event_type(self) -> str:
        """What that event says happened."""

    @property
    def decided_at(self) -> str:
        """When the recipient was told, as RFC 3339."""

    @property
    def expects(self) -> str | None:
        """What the recipient is asked to do."""

    @property
    def own(self) -> bool:
        """Whether the recipient published it itself."""

    @property
    def recalled(self) -> bool:
        """Whether it takes back what was told before."""

    @property
    def closes(self) -> bool:
        """Whether it ends what earlier forms of its incident said."""

    @property
    def replaces(self) -> bool:
        """Whether it takes the place of earlier forms of its incident; whatever closes them does."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its sections."""


T = TypeVar("T", bound=Told)


class News(StrEnum):
    """Whether anybody in the agency has opened what stands, and seen what was recalled."""

    NEW = "new"
    CHANGED = "changed"
    OPENED = "opened"


def standing(found: Iterable[T]) -> tuple[T, ...]:
    """Return the releases of one incident that are the last word on it, recalls among them.

    A form that changes, corrects or recalls an earlier one takes the place of every earlier form. A form that
    is new to its recipient stands beside them: it tells a school of a further child. So does a recall that
    asks a copy back, whatever other form comes later: until its recipient is told of the same event again.
    """
    return _last(found, lambda told: told.replaces)


def left_open(found: Iterable[T]) -> tuple[T, ...]:
    """Return the releases of one incident that are the last word on their event, recalls among them.

    Recalling or correcting a form closes the earlier ones. One that a later form only took the place of may
    still be opened, as far as that goes.
    """
    return _last(found, lambda told: told.closes)


def _last(found: Iterable[T], ends: Callable[[T], bool]) -> tuple[T, ...]:
    last: dict[str, T] = {}
    for told in sorted(found, key=lambda told: told.seq):
        if told.event_type in VPA_FAMILY and ends(told):
            last = {key: other for key, other in last.items() if _outlasts_forms(other)}
        last[told.event_id] = told
    return tuple(last.values())


def _outlasts_forms(told: Told) -> bool:
    asks_back = told.recalled and told.expects is not None
    return told.event_type not in VPA_FAMILY or asks_back


def of_others(found: Sequence[T]) -> tuple[T, ...]:
    """Return what others told a recipient of an incident; where nobody else did, what it told itself."""
    return tuple(told for told in found if not told.own) or tuple(found)


def awaits_review(found: Iterable[Told]) -> bool:
    """Say whether the Hub has not reviewed what was raised: of its own forms, that is the only kind."""
    own = {told.event_type for told in found if told.own}
    return EventType.VPA_RAISED in own and own.isdisjoint(REVIEWED)


def is_recalled(told: Sequence[Told]) -> bool:
    """Say whether everything that stands of what was told took back something."""
    return all(each.recalled for each in standing(told))


def news(told: Sequence[Told], opened: Collection[str], answered: Collection[str]) -> News:
    """Return whether anybody in the agency knows what stands of an incident.

    What the agency published itself is no news to it, nor is a recall of what nobody there had opened. A
    recall of what somebody had is a change, until it is answered: that is how the agency says it was seen.
    """
    if not any(_waits(each, opened) for each in standing(told)) and not unseen(told, opened, answered):
        return News.OPENED
    return News.CHANGED if any(each.release_id in opened for each in told) else News.NEW


def unseen(found: Sequence[T], opened: Collection[str], answered: Collection[str]) -> tuple[T, ...]:
    """Return the recalls that stand, took back what somebody in the agency had opened, and have no answer."""
    return tuple(
        told
        for told in standing(found)
        if told.recalled
        and not told.own
        and told.release_id not in answered
        and any(_took_back(told, each) and each.release_id in opened for each in found)
    )


def _took_back(recall: Told, told: Told) -> bool:
    forms = recall.event_type in VPA_FAMILY and told.event_type in VPA_FAMILY
    return told.seq < recall.seq and (forms or told.event_id == recall.event_id)


def _waits(told: Told, opened: Collection[str]) -> bool:
    ours = told.own or told.recalled or not set(told.names) - UNOPENED_IS_NO_NEWS
    return not ours and told.release_id not in opened
