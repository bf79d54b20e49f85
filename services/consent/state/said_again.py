"""Who harms whom, once an event that said so is taken back: what is left says it again (decision 0039).

What turned round only what was taken back turns nothing round any more: it is known as if it had come alone,
in every incident of the two. What the Hub said of the roles outlasts it, and what it found wrong stays wrong.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from services.consent.state.entities import Incident
from services.consent.state.forms import whole
from services.consent.state.harms import Direction, establish, is_established, is_same, take_back
from services.consent.state.links import as_one
from services.consent.state.sides import REVIEWED, as_said
from services.consent.state.world import World


class _Saying(NamedTuple):
    """An event that is left, and who harms whom by it. In the log's order."""

    offset: int
    event_id: str
    incident: str
    said: Direction


def say_again(world: World, key: str, of: str) -> None:
    """Know no longer by an event of an incident who harms whom, and let what is left say so.

    First come, first known. What turns somebody's word round still waits while that word is known.
    """
    lost = {*_unsaid(world, key, of), *_waiting_again(world, key)}
    for saying in sorted({saying for pair in lost for saying in _sayings(world, pair)}):
        _say(world, saying)


def _unsaid(world: World, key: str, of: str) -> Iterator[Direction]:
    """Forget what an event said, and yield it; of a form, also what the forms that are left say."""
    incident = world.incident(key)
    for said in (incident.forms_say, incident.reports, incident.turned):
        if of in said:
            yield said[of]
    for person in incident.parties:
        known = world.person(person)
        theirs = tuple(harm for harm in known.harmed_by if harm.event_id == of)
        if theirs:
            left = tuple(harm for harm in known.harmed_by if harm not in theirs)
            world.put_person(person, known._replace(harmed_by=left))
            yield from ((person, harm.by) for harm in theirs)
    if of in incident.forms_say:
        yield from _of_forms(world, incident).values()
    world.put_incident(
        key,
        incident._replace(
            forms_say=_without(incident.forms_say, of),
            reports=_without(incident.reports, of),
            turned=_without(incident.turned, of),
            words=tuple(word for word in incident.words if word.event_id != of),
        ),
    )


def _waiting_again(world: World, key: str) -> Iterator[Direction]:
    """Let what only a review that is taken back let go wait for the Hub again, and yield what it says."""
    incident = world.incident(key)
    after = as_said(incident)
    world.put_incident(key, after)
    for event_id in sorted({*incident.let_go} - {*after.let_go}):
        if event_id in incident.turned:
            take_back(world, incident.turned[event_id], event_id)
            yield incident.turned[event_id]


def _sayings(world: World, pair: Direction) -> Iterator[_Saying]:
    """Yield whatever says of two, in any incident, that one of them harms the other."""
    other_way = (pair[1], pair[0])
    incidents = (key for person in pair for key in as_one(world.person, person).incidents)
    for key in dict.fromkeys(incidents):
        incident = world.incident(key)
        offsets = _offsets(incident)
        for event_id, said in {**incident.turned, **incident.reports, **_of_forms(world, incident)}.items():
            if is_same(world, said, pair) or is_same(world, said, other_way):
                yield _Saying(offsets.get(event_id, -1), event_id, key, said)


def _say(world: World, saying: _Saying) -> None:
    incident = world.incident(saying.incident)
    opposite = (saying.said[1], saying.said[0])
    if is_established(world, opposite) or saying.event_id in incident.found_wrong:
        return
    if saying.event_id in incident.turned:
        turned = _without(incident.turned, saying.event_id)
        incident = as_said(incident._replace(turned=turned))
        world.put_incident(saying.incident, incident)
    if saying.event_id not in incident.forms_say or saying.event_id in _of_forms(world, incident):
        establish(world, saying.said, saying.event_id)


def _of_forms(world: World, incident: Incident) -> dict[str, Direction]:
    """Return what the forms that are left say of who harms whom, but for what one of the Hub's mends."""
    known: dict[str, Direction] = {}
    for form in whole(incident):
        said = incident.forms_say.get(form.event_id)
        if said is None:
            continue
        if form.type in REVIEWED:
            known = {key: each for key, each in known.items() if is_same(world, each, said)}
        known[form.event_id] = said
    return known


def _offsets(incident: Incident) -> dict[str, int]:
    forms = (*whole(incident), *(beside.form for beside in incident.beside.values()))
    return {form.event_id: form.offset for form in forms}


def _without(said: Mapping[str, Direction], of: str) -> Mapping[str, Direction]:
    return {event_id: direction for event_id, direction in said.items() if event_id != of}
