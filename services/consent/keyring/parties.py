"""Who of the staff is a party to what: it is closed to them, and looks absent (issue 4; design 5).

Found in three ways, any of which is enough. An event of the incident named somebody whom the door knows by
the same name and birthday, or one that the gate keeps gives the home they live in: then all of the incident
is closed. Or the event itself names somebody called so whose birthday does not contradict.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from services.consent.keyring.rights import CHILDREN, base
from services.consent.state.entities import Incident
from services.eventlog.keys import name_token
from services.runtime.partnership import Person
from services.vocabulary.people import match_on_home, match_on_name, normalise_name
from services.vocabulary.times import date_in

CONTACT = "contact"
PEOPLE = frozenset({"victim", "person_causing_harm", CHILDREN})
TELLING = PEOPLE | {CONTACT}
"""Sections that say whom an event is about, or where they live."""

Content = tuple[str, Mapping[str, Any]]
"""A section's name, and what it says."""


class Matches(Protocol):
    """What is needed of the store of match tokens."""

    def match(self, tokens: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        """Return the persons each token is known for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A member of staff as somebody an event may be about. `called`: the letters of their whole name."""

    called: str
    born: date | None
    home: str | None
    token: str | None


class Parties:
    """Says what is closed to a member of staff because it is about them or their household."""

    def __init__(self, person_of: Callable[[str], Person | None], tokens: Matches, match_key: bytes) -> None:
        self._person_of = person_of
        self._tokens = tokens
        self._key = match_key

    def identity(self, person: str | None) -> Identity | None:
        """Return whom an event would have to name; None for nobody registered."""
        known = self._person_of(person) if person is not None else None
        return identity_of(known, self._key) if known is not None else None

    def is_closed(self, member: str | None, incident: Incident | None) -> bool:
        """Say whether an incident is closed to a member of staff, as the door knows people."""
        identity = self.identity(member)
        return identity is not None and self.in_incident(identity, incident)

    def in_incident(self, identity: Identity, incident: Incident | None) -> bool:
        """Say whether any event of an incident named them, as the door knows people.

        Asks the same, whether there is such an incident or not.
        """
        if identity.token is None:
            return False
        known = self._known_as(identity.token)
        return incident is not None and not set(known).isdisjoint(incident.parties)

    def _known_as(self, token: str) -> tuple[str, ...]:
        return self._tokens.match([token]).get(token, ())


def identity_of(person: Person, match_key: bytes) -> Identity:
    """Return a registered member of staff as somebody an event may be about."""
    given, _, family = person.name.partition(" ")
    mark = match_on_name(given, family, person.date_of_birth) if person.date_of_birth is not None else None
    return Identity(
        called=normalise_name(person.name),
        born=person.date_of_birth,
        home=match_on_home(person.address, person.postcode),
        token=name_token(match_key, mark) if mark is not None else None,
    )


def is_named(identity: Identity, content: Iterable[Content]) -> bool:
    """Say whether an event is about this member of staff or the home they live in, in any role.

    Somebody called the same counts unless both birthdays are known and differ: it fails closed.
    """
    return any(
        _is_home(identity, plain) if base(name) == CONTACT else _is_person(identity, plain)
        for name, plain in content
        if base(name) in TELLING
    )


def _is_person(identity: Identity, plain: Mapping[str, Any]) -> bool:
    names = [f"{plain.get('given_name') or ''} {plain.get('family_name') or ''}"]
    names += plain.get("other_names") or ()
    if not identity.called or identity.called not in map(normalise_name, names):
        return False
    born = date_in(plain.get("date_of_birth"))
    return identity.born is None or born is None or born == identity.born


def _is_home(identity: Identity, plain: Mapping[str, Any]) -> bool:
    home = match_on_home(plain.get("address") or "", plain.get("postcode") or "")
    return home is not None and home == identity.home
