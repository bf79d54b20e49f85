"""Where else one person stands, in every part they have, among what the asker's agency was released.

Asked from a section about them, of a release that the asker may open. The answer says nothing that opening
would not: it has the releases in which a section about that person could be opened by the same asker now, and
nothing of any other (decision 0040).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from services.consent.keyring.opening import Found, Opener, Refused, Request
from services.consent.keyring.remembering import Remembered
from services.consent.keyring.rights import CHILDREN, base, sees_all
from services.consent.keyring.sides import Sides
from services.consent.keyring.unsealing import SealedEvent, Unsealer
from services.consent.state.links import group
from services.consent.store.ledger import Ledger, Released
from services.eventlog.aliases import alias
from services.runtime.identity import Caller
from services.vocabulary.sides import Part

PARTS: Final[Mapping[str, Part]] = {
    "victim": Part.ADULT_VICTIM,
    CHILDREN: Part.CHILD,
    "person_causing_harm": Part.PERSON_CAUSING_HARM,
}
"""Sections that say who somebody is, each with the part they have there."""


class Stands(NamedTuple):
    """A release in which somebody stands: the section that is about them."""

    release: Released
    section: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InPart:
    """One part somebody has in one incident, by the asker's alias of it, the newest release first."""

    incident: str
    part: Part
    stands: tuple[Stands, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Everything of one person, the incident last heard of first, and the id the question is on record by."""

    parts: tuple[InPart, ...]
    opening_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """Who asks about whom, what for, and from which incident; `sides` is for this question alone."""

    caller: Caller
    purpose: str
    incident: str | None
    person: str
    sides: Sides


class Timelines:
    """Finds one person among what an agency was released."""

    def __init__(self, *, ledger: Ledger, opener: Opener, unsealer: Unsealer, alias_key: bytes) -> None:
        self._ledger = ledger
        self._opener = opener
        self._unsealer = unsealer
        self._key = alias_key

    def of(self, caller: Caller, release_id: str, section: str, purpose: str) -> Timeline:
        """Return where the person in a section of a release stands.

        1. Find the person: the section must be one that says who somebody is, and the caller must be able to
        open it.  2. Find the releases to the caller's agency with a section about them that the caller can
        open.  3. Put the question on record and wait for the acknowledgement.

        Raises Refused, itself on record, for whatever `Opener.open` refuses; Busy and Unavailable as it does.
        """
        request = Request(release_id=release_id, purpose=purpose, sections=(section,))
        try:
            found = self._opener.found(caller, request)
            person = self._person(found, section)
        except Refused as error:
            self._opener.refused(caller, request, error)
            raise Refused from None
        question = _Question(
            caller=caller,
            purpose=purpose,
            incident=found.release.incident,
            person=person,
            sides=Sides(Remembered(self._ledger)),
        )
        parts = tuple(self._parts(question))
        return Timeline(parts=parts, opening_id=self._opener.asked(caller, request, found.release, section))

    def _person(self, found: Found, section: str) -> str:
        if base(section) not in PARTS or section not in found.release.sections:
            raise Refused
        person = self._unsealer.whose(found.event, found.release.sections[section])
        if person is None:
            raise Refused
        return person

    def _parts(self, question: _Question) -> Iterator[InPart]:
        of: dict[str, dict[Part, list[Stands]]] = {}
        for each in sorted(self._stands(question), key=lambda one: -one.release.seq):
            if each.release.incident is not None:
                parts = of.setdefault(each.release.incident, {})
                parts.setdefault(PARTS[base(each.section)], []).append(each)
        for key, parts in of.items():
            name = alias(self._key, key, "incident", question.caller.agency)
            for part, stands in parts.items():
                yield InPart(incident=name, part=part, stands=tuple(stands))

    def _stands(self, question: _Question) -> Iterator[Stands]:
        """Yield every section about the person that the caller could open now."""
        them = self._them(question)
        releases = self._ledger.released(question.caller.agency, self._incidents(question, them))
        telling = [each for each in releases if not PARTS.keys().isdisjoint(map(base, each.sections))]
        events = self._unsealer.events(tuple(each.event_offset for each in telling))
        for release, event in zip(telling, events, strict=True):
            for name, leaf in release.sections.items():
                if base(name) in PARTS and self._unsealer.whose(event, leaf) in them:
                    stands = Stands(release, name)
                    if self._may_open(question, stands, event):
                        yield stands

    def _may_open(self, question: _Question, stands: Stands, event: SealedEvent) -> bool:
        request = Request(
            release_id=stands.release.release_id, purpose=question.purpose, sections=(stands.section,)
        )
        try:
            self._opener.found_in(question.caller, request, event, question.sides)
        except Refused:
            return False
        return True

    def _them(self, question: _Question) -> tuple[str, ...]:
        """Return under which names a person is looked for: that two are one is told to nobody who does not
        see all (decision 0023).
        """
        one = question.person
        return group(self._ledger.person, one) if sees_all(question.caller) else (one,)

    def _incidents(self, question: _Question, them: tuple[str, ...]) -> set[str]:
        """Return where to look: of the other side of a case, the incident alone that the question is from."""
        own = {question.incident} if question.incident is not None else set()
        if any(question.sides.faces(question.caller, person) for person in them):
            return own
        known = [self._ledger.person(person) for person in them]
        return own.union(
            *(each.incidents for each in known),
            *(each.child_of for each in known),
            *(each.harms_in for each in known),
        )
