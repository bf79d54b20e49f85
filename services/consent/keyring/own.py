"""What the caller's agency published itself: whom it named, and from whom it took what back (decision 0039).

It is told to whoever could open the event's facts now, which name agencies and nobody of a family. Who was
told of it besides is not said: that somebody is told may betray that they know the family (design 5).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from services.consent.keyring.opening import Opener, Refused, Request
from services.consent.keyring.remembering import Remembered
from services.consent.keyring.rights import FACTS, openable
from services.consent.keyring.sides import Sides
from services.consent.keyring.telling import NothingToTell
from services.consent.keyring.unsealing import Unsealer
from services.consent.state.entities import EVERYONE
from services.consent.store.ledger import Ledger, Released
from services.eventlog.aliases import unalias
from services.runtime.identity import Caller
from services.vocabulary.agencies import in_order
from services.vocabulary.grounds import Ground

NAMING: Final = ("to", "attendees")
"""Fields of facts that say whom an event is for."""


class Own(NamedTuple):
    """An event of the caller's agency: whom it named, and from whom it was taken back."""

    event_id: str
    names: tuple[str, ...]
    taken_back: tuple[str, ...]
    from_everybody: bool


class Published:
    """Finds what became of an agency's own events of one incident. Writes nothing."""

    def __init__(self, *, ledger: Ledger, opener: Opener, unsealer: Unsealer, alias_key: bytes) -> None:
        self._ledger = ledger
        self._opener = opener
        self._unsealer = unsealer
        self._key = alias_key

    def of(self, caller: Caller, text: str, event: str | None) -> tuple[Own, ...]:
        """Return the events of an incident, by the caller's alias, that their agency took back, and `event`.

        Those alone that the agency published, in order. What the caller could not open is left out as if it
        were not there. Raises NothingToTell where they know no such incident; Busy and Unavailable as
        `Opener.open` does.
        """
        key = unalias(self._key, text, "incident", caller.agency)
        incident = self._ledger.incident(key) if key is not None else None
        if key is None or incident is None or caller.person is None:
            raise NothingToTell
        wanted = {*incident.taken_back, event}
        theirs = [
            each
            for each in self._ledger.released(caller.agency, {key})
            if each.ground is Ground.OWN and each.event_id in wanted and FACTS in openable(caller, each)
        ]
        return tuple(
            Own(
                event_id=release.event_id,
                names=_named(facts),
                taken_back=in_order({*incident.taken_back.get(release.event_id, ())} - {EVERYONE}),
                from_everybody=EVERYONE in incident.taken_back.get(release.event_id, ()),
            )
            for release, facts in self._facts(caller, theirs)
        )

    def _facts(
        self, caller: Caller, releases: list[Released]
    ) -> Iterator[tuple[Released, Mapping[str, Any]]]:
        """Yield each release with its facts, where the caller could open them now."""
        sides = Sides(Remembered(self._ledger))
        events = self._unsealer.events(tuple(each.event_offset for each in releases))
        for release, event in zip(releases, events, strict=True):
            request = Request(release_id=release.release_id, purpose="", sections=(FACTS,))
            try:
                found = self._opener.found_in(caller, request, event, sides)
            except Refused:
                continue
            yield release, found.sections[FACTS]


def _named(facts: Mapping[str, Any]) -> tuple[str, ...]:
    return in_order(name for field in NAMING for name in facts.get(field) or ())
