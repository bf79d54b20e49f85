"""Tell a history to the gate and to the model, and say where they first part.

What a recipient holds is read from what it was sent alone, as an inbox would: the gate's own memory is not
asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import cache

from services.consent.flow.decide import Decider
from services.consent.flow.decision import Again, Decision, Emit
from services.consent.flow.desk import Desk
from services.consent.flow.fold import Fold, empty
from services.consent.rules.reading import parse
from services.consent.rules.route import Rulebook
from services.consent.state.heard import Heard
from services.vocabulary.agencies import SINGLE_CONTROLLERS, is_recipient, is_school
from services.vocabulary.events import PLATFORM, VPA_FAMILY, EventType
from services.vocabulary.grounds import Outcome, ReleaseKind
from tests.gate_builders import desk
from tests.gate_evidence import Held
from tests.gate_history import HOSPITAL, LATE, Step, hear, text_without
from tests.gate_model import NOT_SHARED, Model
from tests.gate_sides import HUB
from tests.gate_table import ASKS_NOTHING

ENCOMPASS = ("operation-encompass", "childs-welfare")
ONCE = ("own", "partnership")
WITHHOLD = ("counter-allegation", NOT_SHARED.rule)
"""What stands above the rules, and what is owed though it withholds it."""


Told = tuple[str, str, ReleaseKind, frozenset[int]]
"""Who is told, on what ground, how and which leaves."""


@cache
def a_desk() -> Desk:
    """Return a desk where a hospital is registered beside the usual recipients, some of whom join late."""
    usual = desk(LATE)
    return replace(usual, recipients=(*usual.recipients, HOSPITAL))


def decider_of(text: str) -> Decider:
    """Return a decider under a policy. It remembers nothing of any history."""
    return Decider(Rulebook(parse(text)), a_desk())


@cache
def decider_without(rule: str | None) -> Decider:
    """Return the decider under the strict policy, less a rule: made once, for many histories."""
    return decider_of(text_without(rule))


class Parted(AssertionError):
    """the gate and the model do not agree"""


class Inboxes:
    """What everybody holds, by what they were sent."""

    def __init__(self) -> None:
        self.held: dict[str, dict[str, Held]] = defaultdict(dict)
        """Forms, by incident and recipient."""
        self.beside: dict[str, dict[str, Held]] = defaultdict(dict)
        """Other events, by event and recipient."""
        self.told: dict[str, dict[str, dict[str, frozenset[int]]]] = defaultdict(lambda: defaultdict(dict))
        """Children told of, by incident, recipient and form."""
        self._last: dict[str, int] = defaultdict(int)
        self._events: dict[str, Heard] = {}

    def take(
        self,
        heard: Heard,
        decision: Decision,
        joined: Collection[str],
        without: str | None = None,
        withheld: Collection[str] = (),
    ) -> None:
        """Take what one event made the gate send. Raises Parted for what no inbox could make sense of.

        `joined`: who joined by then, of those who do so by an event. `without`: the rule the policy lacks.
        `withheld`: with whom the event is not to be shared.
        """
        self._events[heard.event_id] = heard
        back = self._senders_to(heard, without) if heard.type == EventType.EXPECTATION_MET else ()
        once = []
        for emit in decision.emits:
            self._last[emit.recipient] += 1
            _agree(emit.seq == self._last[emit.recipient], f"`{emit.recipient}` misses a number: {emit}")
            _agree((emit.sections == ()) == (emit.kind is ReleaseKind.RECALLED), f"recalled is bare: {emit}")
            if emit.ground in ONCE:
                once.append((emit.recipient, emit.ground.value, emit.kind, frozenset(emit.leaves)))
            else:
                self._hold(emit, self._events[emit.event_id])
        absent = {*LATE} - {*joined}
        told = sorted(
            each
            for each in (*_as_it_is(heard), *back)
            if each[0] not in absent and not _is_kept_from(each, withheld)
        )
        _agree(sorted(once) == told, f"each event once, as it is: {once}")

    def incident_of(self, event_id: str) -> str | None:
        """Return the incident an event is of."""
        return self._events[event_id].incident

    def _senders_to(self, met: Heard, without: str | None) -> list[Told]:
        """Return who hears of an outcome: who sent what its publisher holds and should act on."""
        facts = frozenset(at.leaf for at in met.sections if at.name == "facts")
        senders = set()
        for event_id, holders in self.beside.items():
            has = holders.get(met.publisher)
            if has is not None and has.rule not in ASKS_NOTHING | {without}:
                senders |= {self._events[event_id].publisher} if self._is_of(event_id, met) else set()
        return [(to, "partnership", ReleaseKind.NEW, facts) for to in senders - {met.publisher, "police"}]

    def _is_of(self, event_id: str, other: Heard) -> bool:
        return self._events[event_id].incident == other.incident

    def _hold(self, emit: Emit, event: Heard) -> None:
        if emit.ground in ENCOMPASS:
            self._tell(emit, self.told[event.incident or ""][emit.recipient])
            return
        is_form = event.type in VPA_FAMILY
        slot = self.held[event.incident or ""] if is_form else self.beside[emit.event_id]
        has = slot.pop(emit.recipient, None)
        if emit.kind is ReleaseKind.NEW:
            _agree(has is None, f"new, and held already: {emit}")
        else:
            _agree(has is not None, f"{emit.kind}, and nothing held: {emit}")
        if emit.kind is ReleaseKind.RECALLED:
            _agree(has is not None and has.event_id == emit.event_id, f"recalls what is not held: {emit}")
            return
        slot[emit.recipient] = Held(
            event_id=emit.event_id,
            rule=emit.rule,
            ground=emit.ground.value,
            leaves=frozenset(emit.leaves),
            not_after=emit.not_after,
            can_end=emit.can_end,
        )

    def _tell(self, emit: Emit, told: dict[str, frozenset[int]]) -> None:
        if emit.kind is ReleaseKind.RECALLED:
            _agree(told.pop(emit.event_id, None) is not None, f"recalls what was not told: {emit}")
            return
        if emit.kind is ReleaseKind.CORRECTED:
            _agree(bool(told), f"corrects what was not told: {emit}")
            told.clear()
        told[emit.event_id] = told.get(emit.event_id, frozenset()) | frozenset(emit.leaves)


def _as_it_is(heard: Heard) -> list[Told]:
    """Return who gets an event as it is: its publisher all of it; the partnership and those named, but no
    school, its facts.
    """
    facts = frozenset(at.leaf for at in heard.sections if at.name == "facts")
    whole = frozenset(at.leaf for at in heard.sections if at.name != "routing")
    found = [("partnership", "partnership", ReleaseKind.NEW, facts)]
    if heard.type in (EventType.EXPECTATION_MET, EventType.DECIDED_NOT_TO_SHARE) and heard.publisher != HUB:
        found.append(("police", "partnership", ReleaseKind.NEW, facts))
    if is_recipient(heard.publisher) and heard.publisher != "partnership":
        found.append((heard.publisher, "own", ReleaseKind.NEW, whole))
    if heard.type in PLATFORM or heard.type in (EventType.ACTION_RAISED, EventType.REVIEW_COMMISSIONED):
        for to in heard.named:
            if to in SINGLE_CONTROLLERS or (":" in to and not is_school(to)):
                found.append((to, "partnership", ReleaseKind.NEW, facts))
    return found


def _is_kept_from(told: Told, withheld: Collection[str]) -> bool:
    """Say whether somebody is not told though they would be: the partnership's office is told of all."""
    to, ground, *_ = told
    return ground != "own" and to != "partnership" and to in withheld


class Comparison:
    """A gate and a model that hear the same."""

    def __init__(self, decider: Decider | None = None) -> None:
        self.fold = Fold(empty(), decider or decider_without(None), a_desk())
        self.model = Model()
        self.inboxes = Inboxes()

    def step(self, heard: Heard, step: Step) -> None:
        """Let both take one event. Raises Parted where they do not agree."""
        decision = self.fold.take(heard, None).decision
        if step.type is EventType.POLICY_ADOPTED:
            self._adopt(step.without)
        self.model.hear(heard, {again.event_id for again in decision.again if not _is_brought(heard, again)})
        joined, without = self.model.evidence.joined, self.model.without
        self.inboxes.take(heard, decision, joined, without, self._withheld(heard))
        self._compare_held()
        self._compare_denials(decision)
        self._compare_recalls(heard, decision)

    def _withheld(self, heard: Heard) -> Collection[str]:
        """Return with whom an event is not to be shared, facts that are told once among it."""
        if heard.incident is None:
            return ()
        return self.model.evidence.not_shared_with(self.model.incidents[heard.incident], heard.publisher)

    def _adopt(self, without: str | None) -> None:
        """See that the gate adopted the policy, and let it go on with the same one made before."""
        made, adopted = decider_without(without), self.fold.decider
        hashes = {each.rulebook.policy.hash for each in (made, adopted) if each is not None}
        _agree(adopted is not None and len(hashes) == 1, "the policy was not adopted")
        self.fold.decider = made
        self.model.adopt(without)

    def _compare_held(self) -> None:
        for key, incident in self.model.incidents.items():
            _same(f"forms of {key[:4]}", self.inboxes.held[key], incident.held)
            for event_id in incident.beside:
                _same(event_id, self.inboxes.beside[event_id], incident.held_beside[event_id])
            for to in {*self.inboxes.told[key], *incident.told}:
                ours = {
                    form: frozenset(child.leaf for child in children)
                    for form, children in incident.told[to].items()
                }
                _same(f"children told to {to}", self.inboxes.told[key][to], ours)

    def _compare_denials(self, decision: Decision) -> None:
        names = [each.recipient for each in decision.answers]
        joined = {*self.model.evidence.joined}
        everybody = {*a_desk().recipients, *joined}
        _agree(len(names) == len({*names}) and everybody <= {*names}, f"each once: {names}")
        _agree({*LATE}.isdisjoint({*names} - joined), f"nobody before they joined: {names}")
        said = {(decision.event_id, each.recipient): each for each in decision.answers}
        for again in decision.again:
            said |= {(again.event_id, each.recipient): each for each in again.answers}
        for key, reason in self.model.denials.items():
            answer = said.get(key)
            if answer is not None:
                gate = (
                    answer.outcome,
                    answer.reason,
                    answer.rule if answer.owed and answer.rule in WITHHOLD else None,
                )
                model = (Outcome.DENY, reason, self._withholds(key))
                if gate != model:
                    raise Parted(
                        f"{key}: denied, why, and what withholds it though owed\n  {gate}\n  {model}"
                    )

    def _withholds(self, key: tuple[str, str]) -> str | None:
        """Return what withholds it by the model, by the name in a denial; None: nothing does."""
        if key in self.model.not_shared:
            return NOT_SHARED.rule
        return "counter-allegation" if key in self.model.turned else None

    def _compare_recalls(self, heard: Heard, decision: Decision) -> None:
        """Compare why what is recalled is, and that a correction alone asks it back."""
        corrects = heard.type == EventType.VPA_CORRECTED
        for emit in decision.emits:
            if emit.kind is ReleaseKind.RECALLED:
                key = (emit.event_id, emit.recipient)
                told = emit.ground in ENCOMPASS
                by_denial = told and key not in self.model.back
                why = (
                    self.model.denials.get((heard.event_id, key[1]))
                    if by_denial
                    else self.model.recalls.get(key)
                )
                _agree(emit.reason == why, f"recalls {key} for {emit.reason}, the model for {why}")
                asks = corrects and key[0] not in self.model.incidents[heard.incident or ""].beside
                asks = asks and self.inboxes.incident_of(key[0]) == heard.incident
                asks = asks or key in self.model.back
                _agree((emit.expects is not None) == asks, f"a correction alone asks back: {emit}")


def _is_brought(heard: Heard, again: Again) -> bool:
    """Say whether an earlier event was decided again for those alone whom a backfill brings it."""
    answered = {each.recipient for each in again.answers}
    return heard.type == EventType.BACKFILL_ORDERED and bool(answered) and answered <= {*heard.named}


def compare(steps: Sequence[Step], decider: Decider | None = None) -> None:
    """Tell a whole history to both. Raises Parted at the first step at which they do not agree."""
    comparison = Comparison(decider)
    for number, (heard, step) in enumerate(zip(hear(steps), steps, strict=True)):
        try:
            comparison.step(heard, step)
        except Parted as parted:
            raise Parted(f"step {number} ({step.type}): {parted}") from None


def shortened(steps: Sequence[Step], fails: Callable[[Sequence[Step]], bool]) -> tuple[Step, ...]:
    """Return a history that still fails and no step of which can be left out."""
    kept, size = list(steps), len(steps)
    while size:
        place = 0
        while place < len(kept):
            without = kept[:place] + kept[place + size :]
            if fails(without):
                kept = without
            else:
                place += size
        size //= 2
    return tuple(kept)


def parts(steps: Sequence[Step], decider: Decider | None = None) -> bool:
    """Say whether the gate and the model part on a history."""
    try:
        compare(steps, decider)
    except Parted:
        return True
    return False


def _same(what: str, gate: object, model: object) -> None:
    if gate != model:
        raise Parted(f"{what}\n  gate  {gate}\n  model {model}")


def _agree(holds: bool, says: str) -> None:
    if not holds:
        raise Parted(says)
