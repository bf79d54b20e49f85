"""Who harms whom, who works for whom, and who alone may look (decisions 0021, 0022).

A direction of harm is established by the first event that names it. One that turns an established
direction round establishes nothing, until the Hub says that it may stand. The Hub's word is of what it
had before it: a report that comes later, in the same incident too, waits for another. A reviewed or
corrected form takes the place of what earlier forms of its incident said of who harms whom.
"""

from collections.abc import Mapping

from services.consent.state.entities import Age, Form, Incident, Word, Worker
from services.consent.state.harms import Direction, establish, is_established, is_same, take_back, turn_round
from services.consent.state.heard import Heard
from services.consent.state.links import PersonOf, group
from services.consent.state.world import World
from services.vocabulary.agencies import HUB
from services.vocabulary.events import ALLOCATIONS, NAMES_BOTH_SIDES, VPA_FAMILY, EventType
from services.vocabulary.sides import Client, Looked, Roles, VictimAge

REVIEWED = frozenset({EventType.VPA_REVIEWED, EventType.VPA_CORRECTED})


def with_sides(world: World, incident: Incident, heard: Heard, key: str) -> Incident:
    """Return an incident after what an event says of its sides. Directions it establishes are people's."""
    if heard.causing_harm is not None:
        incident = _named(world, incident, heard.causing_harm, key)
        incident = _accused(incident, heard, heard.causing_harm)
    return _looked_at(_worked_for(_directed(world, incident, heard), heard), heard)


def with_age(incident: Incident, heard: Heard) -> Incident:
    """Return an incident after what an event says of how old its adult victim is."""
    victim = heard.victim or incident.victim
    if heard.victim_age is None or victim is None:
        return incident
    said = Age(victim, heard.publisher == HUB, heard.victim_age)
    others = tuple(each for each in incident.ages if each[:2] != said[:2])
    return incident._replace(ages=(*others, said))


def age_of(person_of: PersonOf, incident: Incident, form: Form) -> VictimAge | None:
    """Return how old the adult victim whom an event names was by the last that said so; None: nobody did.

    What a partner says of it takes no form from whom the police's own word leads it to.
    """
    about = form.victim or incident.victim
    if about is None or not incident.ages:
        return None
    them = group(person_of, about)
    said = [each for each in reversed(incident.ages) if each.person in them]
    if form.type in VPA_FAMILY:
        said = [each for each in said if each.by_police] or said
    return said[0].age if said else None


def how_far(incident: Incident, event_id: str) -> Looked:
    """Return how far the Hub is with an event that turns round who was known to harm whom."""
    if event_id in incident.found_wrong:
        return Looked.FOUND_WRONG
    return Looked.FOUND_RIGHT if event_id in incident.let_go else Looked.WAITS


def _named(world: World, incident: Incident, causing_harm: str, key: str) -> Incident:
    person = world.person(causing_harm)
    if key not in person.harms_in:
        world.put_person(causing_harm, person._replace(harms_in=(*person.harms_in, key)))
    if causing_harm in incident.causing_harm:
        return incident
    return incident._replace(causing_harm=(*incident.causing_harm, causing_harm))


def _accused(incident: Incident, heard: Heard, causing_harm: str) -> Incident:
    if heard.publisher != HUB or causing_harm in incident.accused:
        return incident
    return incident._replace(accused=(*incident.accused, causing_harm))


def _directed(world: World, incident: Incident, heard: Heard) -> Incident:
    """Establish a direction, or know that it is turned; then take the Hub's word on what it has."""
    said = _direction(world, incident, heard)
    if said is None:
        return _heard_from_hub(world, incident, heard)
    if heard.type in REVIEWED:
        _mend(world, incident, said)
    if heard.type in VPA_FAMILY:
        incident = incident._replace(forms_say={**incident.forms_say, heard.event_id: said})
    if heard.type in NAMES_BOTH_SIDES:
        incident = incident._replace(reports={**incident.reports, heard.event_id: said})
    if is_established(world, (said[1], said[0])) and not is_established(world, said):
        incident = incident._replace(turned={**incident.turned, heard.event_id: said})
    else:
        establish(world, said, heard.event_id)
    return _heard_from_hub(world, incident, heard)


def _mend(world: World, incident: Incident, said: Direction) -> None:
    """Take back what earlier forms say otherwise of who harms whom. Who else says so still does."""
    for key, earlier in incident.forms_say.items():
        if not is_same(world, earlier, said):
            take_back(world, earlier, key)


def _heard_from_hub(world: World, incident: Incident, heard: Heard) -> Incident:
    """Let go what the Hub says may stand, or hold all of it; the last word counts.

    What it finds wrong is what turns roles round, or else what was reported first: it is the other way round.
    """
    if heard.roles is Roles.REVERSED:
        wrong = _wrong(incident)
        turn_round(world, wrong.values(), heard.event_id)
        return _with_word(incident._replace(turned={**incident.turned, **wrong}), heard, wrong)
    if heard.roles is None and heard.type not in REVIEWED:
        return incident
    meant = _meant(world, incident, heard)
    for key, said in meant.items():
        establish(world, said, key)
    return _with_word(incident, heard, meant)


def _wrong(incident: Incident) -> Mapping[str, Direction]:
    """Return what has the roles wrong: of what was reported, for a form of police is put right by another."""
    turned = {key: said for key, said in incident.turned.items() if key in incident.reports}
    return turned or incident.reports or incident.turned


def _with_word(incident: Incident, heard: Heard, of: Mapping[str, Direction]) -> Incident:
    if not of:
        return incident
    word = Word(heard.event_id, heard.roles is Roles.REVERSED, tuple(sorted(of)))
    return as_said(incident._replace(words=(*incident.words, word)))


def as_said(incident: Incident) -> Incident:
    """Return an incident with what the Hub lets be told and what it found wrong, by all it said of it."""
    let_go, wrong = set[str](), set[str]()
    for word in incident.words:
        of = incident.turned.keys() & word.of
        let_go, wrong = (let_go - of, wrong | of) if word.wrong else (let_go | of, wrong - of)
    return incident._replace(let_go=tuple(sorted(let_go)), found_wrong=tuple(sorted(wrong)))


def _meant(world: World, incident: Incident, heard: Heard) -> Mapping[str, Direction]:
    """Return the turned events that the Hub's word is of: a review's, those that name its adult victim.

    It is no word on a report that has somebody else as one.
    """
    if heard.roles is not None:
        return incident.turned
    victim = heard.victim or incident.victim
    them = group(world.person, victim) if victim is not None else ()
    return {key: said for key, said in incident.turned.items() if said[0] in them}


def _direction(world: World, incident: Incident, heard: Heard) -> Direction | None:
    victim, causing_harm = heard.victim or incident.victim, heard.causing_harm
    if victim is None or causing_harm is None or causing_harm in group(world.person, victim):
        return None
    return victim, causing_harm


def _worked_for(incident: Incident, heard: Heard) -> Incident:
    """Know whom an agency allocated to whom, whoever handed over among them, until its case closes.

    A case that says whose it was ends the work for that client alone. Of one worker and client the last
    word counts.
    """
    if heard.type in ALLOCATIONS and heard.practitioner is not None:
        client = heard.client or Client.ADULT_VICTIM
        worker = Worker(heard.publisher, client, heard.practitioner, _whom(incident, heard, client))
        others = (each for each in incident.workers if each[:3] != worker[:3])
        return incident._replace(workers=tuple(sorted((*others, worker))))
    if heard.type == EventType.CASE_CLOSED and incident.workers:
        left = tuple(
            each
            for each in incident.workers
            if each.agency != heard.publisher or heard.client not in (None, each.client)
        )
        return incident._replace(workers=left)
    return incident


def _whom(incident: Incident, heard: Heard, client: Client) -> tuple[str, ...]:
    if client is Client.PERSON_CAUSING_HARM:
        return incident.causing_harm
    victim = heard.victim or incident.victim
    return (victim,) if client is Client.ADULT_VICTIM and victim is not None else ()


def _looked_at(incident: Incident, heard: Heard) -> Incident:
    if heard.type == EventType.ACCESS_RESTRICTED:
        return incident._replace(restricted_to=heard.people, looked_at=False)
    if heard.type == EventType.ACCESS_RESTORED:
        return incident._replace(restricted_to=None, looked_at=True)
    return incident
