"""Decide one event for every recipient, and earlier forms again where it changes what is known of them."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache

from services.consent.flow.by_type import ByType
from services.consent.flow.children import Children, as_if_untold, concerned
from services.consent.flow.decision import Again, Answer, Decision, decision_of
from services.consent.flow.desk import Desk
from services.consent.flow.matters import Matter, instances_named
from services.consent.flow.news import brought, news, nothing_new
from services.consent.flow.release import About, Emitter, Source, denied, permitted
from services.consent.flow.routing import Routing
from services.consent.flow.taking_back import taken_back, that_tell, together
from services.consent.flow.unclassified import ALL_OTHER_SCHOOLS, to_nobody
from services.consent.flow.withholding import withholding
from services.consent.rules.danger import is_overdue
from services.consent.rules.differences import Occasion
from services.consent.rules.evidence import Evidence
from services.consent.rules.policy import EDUCATION, PARTNERSHIP, PUBLISHER
from services.consent.rules.route import NOT_OWED, Rulebook
from services.consent.state.entities import NOTHING, Form, Held, Incident
from services.consent.state.forms import as_form, whole
from services.consent.state.heard import Heard
from services.consent.state.retracted import is_gone
from services.consent.state.sides import REVIEWED, age_of
from services.consent.state.world import World
from services.vocabulary.agencies import is_school
from services.vocabulary.events import VPA_FAMILY, EventType
from services.vocabulary.grounds import ENCOMPASS, ONCE, Reason, ReleaseKind


class Decider:
    """Decides events under one policy. Keeps what is the same for every event of a type and publisher."""

    def __init__(self, rulebook: Rulebook, desk: Desk) -> None:
        self.rulebook = rulebook
        self.desk = desk
        self.by_type = ByType(rulebook, desk)

    def decide(self, world: World, heard: Heard) -> Decision:
        """Return the decision of an event that `world` has folded already.

        1. Answer for each recipient and each school it names; the other schools are one line.
        2. Take back what it retracts.  3. Answer again for reviewed forms it is news about, and for whom a
        backfill brings history.  4. Number what differs, in that order.

        A function of its arguments alone. A rule that raises withholds with `rule-error`.
        """
        policy = self.rulebook.policy.hash
        deciding = _Deciding(world, heard, self)
        answers = deciding.answers() if heard.readable else to_nobody(world, heard, self.desk)
        back = deciding.taken_back()
        again = (*deciding.again(news(world, heard)), *deciding.brought(brought(world, heard)))
        again = together((*back, *again)) if back else again
        return decision_of(world, heard, policy, answers, again, tuple(deciding.emitter.emits))

    def now(self, world: World, incident: str) -> Again | None:
        """Return the answers about an incident's latest form as they would be given now; None: it has none.

        Schools, and the education officer, as if they had been told of none of its children yet. Changes
        nothing: `world` is as it was, and what would be sent is let go of.
        """
        return _Deciding(world, nothing_new(world), self).now(incident)


class _Deciding:
    """Decide one event."""

    def __init__(self, world: World, heard: Heard, decider: Decider) -> None:
        self._world = world
        self._heard = heard
        self._decider = decider
        self._rulebook = decider.rulebook
        self._policy = decider.rulebook.policy
        self._incident = world.incident(heard.incident) if heard.incident is not None else Incident()
        self._recipients = decider.desk.taking_part(world.standing)
        self._corrects = heard.type == EventType.VPA_CORRECTED
        self._source = Source(event_id=heard.event_id, offset=heard.offset, sections=heard.sections)
        self._about = About(incident=heard.incident, victim=heard.victim or self._incident.victim)
        self.emitter = Emitter(world, heard.event_id, self._rulebook, decider.desk.alias)
        self._routing = Routing(world, self._rulebook, self.emitter)
        self._held = self._incident.held if heard.type in REVIEWED else NOTHING
        self._children = Children(
            heard, self._incident, world, self.emitter, source=self._source, about=self._about
        )

    def answers(self) -> tuple[Answer, ...]:
        """Answer for everybody, and send what is permitted."""
        usual = self._decider.by_type.usual(self._heard.type, self._heard.publisher, self._recipients)
        held = self._held
        answers = [
            given if given is not None and recipient not in held else withholding(recipient, self._answer)
            for recipient, given in usual.items()
        ]
        answers += [withholding(instance, self._answer) for instance in self._instances()]
        return (*answers, UNOWED_SCHOOLS)

    def taken_back(self) -> tuple[Again, ...]:
        """Take back what the event retracts, and tell of children by the forms that are left instead."""
        heard, key, incident = self._heard, self._heard.incident, self._incident
        if heard.type != EventType.EVENT_RETRACTED or heard.corrects is None or key is None:
            return ()
        forms = that_tell(whole(incident), incident)
        told = [self._earlier(key, incident, form, incident.held) for form in forms]
        return tuple(taken_back(self._world, heard, incident, self.emitter, self._about, told))

    def again(self, incidents: Iterable[str]) -> Iterator[Again]:
        """Answer again for each earlier event of these incidents.

        What changes an incident's answers is news about its form and about the events beside it. A form
        that is decided itself is news about the events beside it alone.
        """
        for key in incidents:
            for matter, asked in self._earlier_of(key):
                yield self._again(matter, asked)

    def now(self, key: str) -> Again | None:
        """Answer again for an incident's latest form, reviewed or not."""
        incident = self._world.incident(key)
        form = incident.form or incident.raised
        if form is None:
            return None
        matter = self._earlier(key, incident, form, incident.held)
        routed, children = self._asked(matter), as_if_untold(matter, self._world, self.emitter)
        told = (name for name in concerned(matter, self._recipients) if name not in routed)
        answers = tuple(withholding(name, children.answer) for name in told)
        again = self._again(matter, routed)
        return Again(event_id=again.event_id, answers=(*again.answers, *answers))

    def brought(self, incidents: Mapping[str, tuple[str, ...]]) -> Iterator[Again]:
        """Answer again for each earlier event of these incidents, for those alone whom history is brought."""
        for key, to in incidents.items():
            for matter, asked in self._earlier_of(key):
                theirs = tuple(name for name in asked if name in to)
                if theirs:
                    yield self._again(matter, theirs)

    def _earlier_of(self, key: str) -> Iterator[tuple[Matter, tuple[str, ...]]]:
        """Yield the matters of an incident, each made once the one before is decided, and who is asked."""
        incident = self._world.incident(key)
        yield from self._forms_of(key, incident)
        for beside in sorted(incident.beside.values(), key=lambda each: each.form.offset):
            if is_gone(incident, beside.form.event_id):
                continue
            matter = self._earlier(key, incident, beside.form, beside.held)
            yield matter, self._asked(matter)

    def _forms_of(self, key: str, incident: Incident) -> Iterator[tuple[Matter, tuple[str, ...]]]:
        """Yield an incident's forms: the reviewed one, and danger that nobody has reviewed in time.

        Nobody is asked about both. That danger is for whom the review gives nothing.
        """
        overdue, reviewed = self._overdue(key, incident), self._reviewed(key, incident)
        theirs = self._endangered(overdue, reviewed) if overdue is not None else ()
        if reviewed is not None and reviewed is not self._decided_now:
            yield reviewed, tuple(to for to in self._asked(reviewed) if to not in theirs)
        if overdue is not None and (theirs or reviewed is None):
            yield overdue, theirs

    def _reviewed(self, key: str, incident: Incident) -> Matter | None:
        """Return the matter of an incident's reviewed form, which may be the form that is decided itself."""
        if incident.form is None:
            return None
        if key == self._heard.incident and self._decided_now is not None:
            return self._decided_now
        return self._earlier(key, incident, incident.form, incident.held)

    @cached_property
    def _decided_now(self) -> Matter | None:
        """Return the matter of the reviewed form that this event is; None: it is none."""
        return self._matter if self._heard.type in REVIEWED else None

    def _endangered(self, overdue: Matter, reviewed: Matter | None) -> tuple[str, ...]:
        """Return who is asked about danger that is overdue: everybody to whom a review gives nothing."""
        asked = self._asked(overdue)
        if reviewed is None:
            return asked
        gives = self._routing.gives
        return tuple(to for to in asked if not gives(to, reviewed) and gives(to, overdue))

    @cached_property
    def _spared(self) -> frozenset[str]:
        """Return who keeps what danger gave them, though the review that is decided gives them nothing.

        It leaves the risk open.
        """
        key, incident = self._heard.incident, self._incident
        if key is None or incident.raised is None or self._heard.type != EventType.VPA_REVIEWED:
            return frozenset()
        overdue = self._overdue(key, incident)
        return frozenset(self._endangered(overdue, self._matter)) if overdue is not None else frozenset()

    def _overdue(self, key: str, incident: Incident) -> Matter | None:
        """Return the matter of danger that was raised earlier and that the Hub has not reviewed in time."""
        raised, now = incident.raised, self._world.standing.time
        if raised is None or now is None or raised.event_id == self._heard.event_id:
            return None
        age = age_of(self._world.person, incident, raised)
        if not is_overdue(raised, age, self._policy, now):
            return None
        return self._earlier(key, incident, raised, incident.held)

    def _instances(self) -> tuple[str, ...]:
        """Name the event's schools and other instances; for a correction also who held the original."""
        registered = {*self._recipients, *self._decider.desk.by_event}
        named = tuple(name for name in instances_named(self._heard) if name not in registered)
        if not self._corrects:
            return named
        known = {*named, *registered}
        return (*named, *sorted(set(self._incident.told_in).difference(known)))

    def _answer(self, recipient: str) -> Answer:
        if recipient == PARTNERSHIP:
            return self._whole(recipient, PARTNERSHIP)
        if recipient == self._heard.publisher:
            return self._whole(recipient, PUBLISHER)
        if self._heard.type in VPA_FAMILY and (recipient == EDUCATION or is_school(recipient)):
            return self._children.answer(recipient)
        if recipient in self._spared:
            return self._routing.untouched(recipient, self._matter)
        return self._routing.answer(recipient, self._matter)

    def _whole(self, recipient: str, to: str) -> Answer:
        """Answer for the publisher and the partnership's office, who get each event once, as it is."""
        verdict = self._decider.by_type.always(to, self._heard.type)
        if verdict is None:
            return _unowed(recipient)
        answer = permitted(self._policy, recipient, verdict, self._source)
        self.emitter.send(ReleaseKind.NEW, answer, self._source, self._about)
        return answer

    @cached_property
    def _matter(self) -> Matter:
        """Return the matter of the event itself, once somebody's answer hangs on it.

        What is held of an incident, a raised form cannot change.
        """
        heard, incident = self._heard, self._incident
        form = as_form(heard)
        return Matter(
            incident=incident,
            form=form,
            held=self._held,
            about=self._about,
            occasion=Occasion.CORRECTION if self._corrects else Occasion.FORM,
            evidence=Evidence(self._world, incident, form, self._policy, incident.held),
        )

    def _earlier(self, key: str, incident: Incident, form: Form, held: Mapping[str, Held]) -> Matter:
        """Return the matter of an earlier event. Who is sent the form just now holds it already."""
        return Matter(
            incident=incident,
            form=form,
            held=held,
            about=About(incident=key, victim=form.victim or incident.victim),
            occasion=Occasion.NEWS,
            evidence=Evidence(self._world, incident, form, self._policy, self._holders(incident)),
        )

    def _holders(self, incident: Incident) -> set[str]:
        """Return who holds a form of an incident once this event's releases of it are counted."""
        holders = set(incident.held)
        forms = {held.event_id for held in incident.held.values()}
        forms.update(form.event_id for form in (incident.form, incident.raised) if form is not None)
        for emit in self.emitter.emits:
            if emit.event_id not in forms or emit.ground in ONCE | ENCOMPASS:
                continue
            if emit.kind is ReleaseKind.RECALLED:
                holders.discard(emit.recipient)
            else:
                holders.add(emit.recipient)
        return holders

    def _asked(self, matter: Matter) -> tuple[str, ...]:
        """Return whoever may be owed it, and whoever holds it, though no rule owes it them any more."""
        form, recipients = matter.form, self._recipients
        may_join = self._decider.desk.by_event
        instances = (to for to in form.named if ":" in to and (to in recipients or to not in may_join))
        routed = self._decider.by_type.routed(form.type, recipients)
        asked = dict.fromkeys((*routed, *instances, *sorted(matter.held)))
        return tuple(to for to in asked if to != form.publisher)

    def _again(self, matter: Matter, asked: Iterable[str]) -> Again:
        answers = [withholding(to, lambda name: self._routing.answer(name, matter)) for to in asked]
        return Again(event_id=matter.form.event_id, answers=tuple(answers))


@lru_cache(maxsize=4096)
def _unowed(recipient: str) -> Answer:
    return denied(recipient, rule=NOT_OWED, reason=Reason.NOT_OWED)


UNOWED_SCHOOLS = _unowed(ALL_OTHER_SCHOOLS)
