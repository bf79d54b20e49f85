"""Answer for a recipient of the routing table about one matter, and send what differs from what it holds."""

from collections.abc import Iterator

from services.consent.flow.decision import Answer
from services.consent.flow.matters import Matter, is_as_held
from services.consent.flow.release import Emitter, denied, permitted
from services.consent.flow.withholding import NOT_BEFORE_THE_HUB, NOT_THEIRS, NOT_TO_BE_SHARED, STOPS
from services.consent.rules.circumstances import Circumstances, at_another_hour
from services.consent.rules.differences import Occasion, exceeds, kind_of_permit, reason_of_recall
from services.consent.rules.history import NAMING, of_the_past
from services.consent.rules.lasting import Later, until
from services.consent.rules.not_shared import NOT_SHARED, is_decided_against
from services.consent.rules.route import Rulebook, Verdict, keep, resting_on
from services.consent.state.entities import Held
from services.consent.state.joining import is_of_the_past
from services.consent.state.retracted import is_taken_back
from services.consent.state.taking_part import stopped
from services.consent.state.world import World
from services.vocabulary.agencies import HUB
from services.vocabulary.grounds import ONCE, Ground, Reason


class Routing:
    """Routes matters by one policy, as the world is. What is sent goes to the emitter."""

    def __init__(self, world: World, rulebook: Rulebook, emitter: Emitter) -> None:
        self._world = world
        self._rulebook = rulebook
        self._policy = rulebook.policy
        self._emitter = emitter

    def untouched(self, recipient: str, matter: Matter) -> Answer:
        """Return a denial that takes nothing back from whoever keeps what it has by another form."""
        at = matter.evidence.about(recipient)
        return self._deny(recipient, self.verdict(recipient, matter, at), matter, None, at)

    def gives(self, recipient: str, matter: Matter) -> bool:
        """Say whether the rules give a recipient something of a matter. A rule that errs gives nothing."""
        try:
            return self.verdict(recipient, matter, matter.evidence.about(recipient)).permit
        except Exception:  # any fault withholds; it is recorded, and alarmed, where the matter is answered
            return False

    def answer(self, recipient: str, matter: Matter) -> Answer:
        """Answer for a recipient of the routing table, and send what differs from what it holds."""
        held = matter.held.get(recipient)
        at = matter.evidence.about(recipient)
        verdict = allowed = self.verdict(recipient, matter, at)
        keeps = matter.occasion is not Occasion.CORRECTION and verdict is not NOT_THEIRS
        if keeps and not verdict.permit and held is not None:
            allowed = self._kept(recipient, matter, held.rule, Ground(held.ground), at) or verdict
        if allowed.permit and is_decided_against(matter.incident, recipient, matter.form.publisher):
            allowed = verdict = NOT_TO_BE_SHARED
        # What is told once, as facts about nobody by name, would be told never if it waited.
        if allowed.permit and recipient != HUB and allowed.ground not in ONCE and matter.evidence.is_held():
            allowed = verdict = NOT_BEFORE_THE_HUB
        if not allowed.permit:
            return self._deny(recipient, verdict, matter, held, at)
        stop = stopped(self._world.standing, recipient)
        if stop is not None and allowed.ground not in ONCE:
            if held is not None:
                self._narrow(allowed, matter, at, held, recipient, stop)
            return denied(recipient, rule=STOPS[stop], reason=stop, owed=True)
        return self._permit(allowed, matter, at, held, recipient)

    def _narrow(
        self, verdict: Verdict, matter: Matter, at: Circumstances, held: Held, recipient: str, stop: Reason
    ) -> None:
        """Recall what somebody who takes no part just now may see no more; the rest of it waits."""
        shown = permitted(self._policy, recipient, verdict, matter.source).leaves
        if not exceeds(held, matter.occasion, matter.source.event_id, shown):
            return
        reason = stop if matter.occasion is Occasion.CORRECTION else Reason.NO_GROUND
        why = reason_of_recall(matter.occasion, held, reason, at.consent)
        self._emitter.recall(recipient, held, matter.about, why, matter.occasion)

    def _kept(self, to: str, matter: Matter, rule: str, ground: Ground, at: Circumstances) -> Verdict | None:
        """Return what an open case lets its recipient keep of what it has by a rule, on a ground."""
        kept = keep(self._policy, to, rule, ground, at) if matter.evidence.has_open_case(to) else None
        if kept is None or not is_of_the_past(self._world.standing, to, matter.form):
            return kept
        return resting_on(self._policy, kept, NAMING, at)

    def verdict(self, to: str, matter: Matter, at: Circumstances) -> Verdict:
        """Return what the rules say, which is less of what was recorded before a recipient joined.

        Whoever holds it is answered as at any hour: that offices open, or close, takes nothing back. What was
        taken back from somebody is not theirs whatever the rules say.
        """
        if is_taken_back(matter.incident, matter.form.event_id, to):
            return NOT_THEIRS
        verdict = self._rulebook.verdict(to, matter.form.type, at)
        if not verdict.permit and to in matter.held:
            other = self._rulebook.verdict(to, matter.form.type, at_another_hour(at))
            verdict = other if other.permit else verdict
        if is_of_the_past(self._world.standing, to, matter.form):
            return of_the_past(self._policy, verdict, at)
        return verdict

    def _permit(
        self, verdict: Verdict, matter: Matter, at: Circumstances, held: Held | None, recipient: str
    ) -> Answer:
        """Send what differs from what is held. What is told once, as it is, was told when it came."""
        answer = permitted(self._policy, recipient, verdict, matter.source)
        if verdict.ground in ONCE and matter.occasion is Occasion.NEWS:
            return answer
        lasts = until(verdict, self._later(verdict, matter, at, recipient))
        same = held is not None and is_as_held(held, answer, matter.source, lasts)
        kind = kind_of_permit(matter.occasion, held, same=same)
        if kind is not None:
            self._emitter.send(kind, answer, matter.source, matter.about, lasts)
        return answer

    def _later(self, now: Verdict, matter: Matter, at: Circumstances, recipient: str) -> Iterator[Later]:
        """Yield what of a verdict is left whenever time ends a ground."""
        for moment, then in matter.evidence.later(recipient, at):
            verdict = self.verdict(recipient, matter, then)
            if not verdict.permit and now.ground is not None:
                verdict = self._kept(recipient, matter, now.rule, now.ground, then) or verdict
            yield moment, verdict

    def _deny(
        self, recipient: str, verdict: Verdict, matter: Matter, held: Held | None, at: Circumstances
    ) -> Answer:
        reason = verdict.reason or Reason.NOT_OWED
        if held is not None:
            given = Reason.NO_GROUND if verdict.rule == NOT_SHARED else reason
            why = reason_of_recall(matter.occasion, held, given, at.consent)
            self._emitter.recall(recipient, held, matter.about, why, matter.occasion)
        return denied(recipient, rule=verdict.rule, reason=reason, owed=verdict.owed)
