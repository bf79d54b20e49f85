"""What an event established is known no longer once its publisher takes it back (decision 0039).

Of a form: the forms that are left stand as if they had come without it. Of anything else: what it alone
was the ground of. Who it named stays a party, so that what is closed to them stays closed.
"""

from collections.abc import Mapping
from dataclasses import replace

from services.consent.state.cases import without_case
from services.consent.state.entities import EVERYONE, Form, Incident, Said
from services.consent.state.forms import children_of, said_by, stand, whole
from services.consent.state.heard import Heard
from services.consent.state.said_again import say_again
from services.consent.state.world import World
from services.vocabulary.events import EventType


def retract(world: World, heard: Heard, key: str) -> None:
    """Take an event back from whom a retraction names, or from everybody, and with it what it established.

    `world.recalled` is then who held it, and what. Schools and the education officer are told by forms of
    children: what they were told is taken back, or put right, as it is decided.
    """
    of = heard.corrects
    if heard.type != EventType.EVENT_RETRACTED or of is None:
        return
    incident = _taken(world.incident(key), of, heard.named)
    incident = _without_holders(world, incident, of)
    if not heard.named:
        incident = _without_marac(_without_form(world, incident, of), of)
    world.put_incident(key, incident)
    if not heard.named:
        without_case(world, heard, key, of)
        say_again(world, key, of)


def is_taken_back(incident: Incident, event_id: str, recipient: str) -> bool:
    """Say whether an event was taken back from a recipient, or from everybody."""
    gone = incident.taken_back.get(event_id)
    return gone is not None and (recipient in gone or EVERYONE in gone)


def is_gone(incident: Incident, event_id: str) -> bool:
    """Say whether an event was taken back from everybody: nothing of it is decided again."""
    return EVERYONE in incident.taken_back.get(event_id, ())


def _taken(incident: Incident, of: str, named: tuple[str, ...]) -> Incident:
    gone = {*incident.taken_back.get(of, ()), *(named or (EVERYONE,))}
    return incident._replace(taken_back={**incident.taken_back, of: tuple(sorted(gone))})


def _without_holders(world: World, incident: Incident, of: str) -> Incident:
    """Let nobody hold it from whom it is taken back. Who did is `recalled`, in order of their names."""
    beside = incident.beside.get(of)
    held = beside.held if beside is not None else incident.held
    theirs = {to: row for to, row in held.items() if row.event_id == of and is_taken_back(incident, of, to)}
    world.recalled = tuple((to, theirs[to]) for to in sorted(theirs))
    left = {to: row for to, row in held.items() if to not in theirs}
    if beside is None:
        return incident._replace(held=left)
    return incident._replace(beside={**incident.beside, of: beside._replace(held=left)})


def _without_form(world: World, incident: Incident, of: str) -> Incident:
    """Let the forms that are left stand, in the order they came; where there are none, none does."""
    before = whole(incident)
    left = tuple(form for form in before if form.event_id != of)
    if left == before:
        return incident
    world.unsaid = next(form for form in before if form.event_id == of)
    incident = stand(world, incident, left)
    stands = incident.form or incident.raised
    asked: dict[str, str] = {}
    for form in left:
        asked |= dict(form.consent)
    return incident._replace(
        victim=(stands.victim if stands is not None else None) or incident.victim,
        children=children_of(left),
        began=min((form.occurred_at for form in left), default=incident.began),
        asked=asked,
        consents=_consents(incident, of, left),
    )


def _consents(incident: Incident, of: str, left: tuple[Form, ...]) -> Mapping[str, Mapping[str, Said]]:
    """Return what was answered without what one form says, unless another that is left says so too."""
    found = {}
    for person, answers in incident.consents.items():
        kept = {to: _without(said, of, to, left) for to, said in answers.items()}
        found[person] = {to: said for to, said in kept.items() if said is not None}
    return found


def _without(said: Said | None, of: str, to: str, left: tuple[Form, ...]) -> Said | None:
    """Return an answer, or the one it took the place of where it was given in one form alone."""
    if said is None or not said.by_form:
        return said
    before = _without(said.before, of, to, left)
    if said.event_id != of:
        return replace(said, before=before)
    also = said_by(left, to, said.answer)
    return before if also is None else replace(said, event_id=also, before=before)


def _without_marac(incident: Incident, of: str) -> Incident:
    """Let the acceptance, or listing, before one stand again."""
    every = (*incident.maracs_before, *((incident.marac,) if incident.marac is not None else ()))
    left = tuple(marac for marac in every if marac.event_id != of)
    return incident._replace(maracs_before=left[:-1], marac=left[-1] if left else None)
