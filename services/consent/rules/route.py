"""Answer for one recipient of one form: is it owed, on what ground, and which sections (NA 4.9-4.26)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.consent.rules.circumstances import Circumstances, all_hold
from services.consent.rules.policy import ANY, GroundRule, Policy, Rule
from services.consent.state.heard import SectionAt
from services.vocabulary.consent import ConsentAnswer
from services.vocabulary.grounds import CAN_END, GRADED, Ground, Reason

ROUTING = "routing"
"""Never released, whatever a policy says (design 3)."""

NOT_OWED = "not-owed"
"""The rule a denial names where no rule owes the recipient anything."""


TAKEN_BACK = "taken-back"
"""What a denial names in place of a rule where its publisher took the event back."""


class Verdict(NamedTuple):
    """Say whether a recipient is permitted, and everything that says why.

    `sections` are names as the schema has them. `holding`: every ground that holds and serves, in the
    policy's order. `can_end`: some of it rests on a ground that can end.
    """

    permit: bool
    owed: bool
    rule: str
    ground: Ground | None = None
    reason: Reason | None = None
    sections: frozenset[str] = frozenset()
    holding: tuple[Ground, ...] = ()
    can_end: bool = False


UNOWED = Verdict(permit=False, owed=False, rule=NOT_OWED, reason=Reason.NOT_OWED)


def grounds_that_hold(policy: Policy, at: Circumstances) -> tuple[Ground, ...]:
    """Return every ground that is there in these circumstances, in the policy's order."""
    return tuple(row.ground for row in policy.grounds if row.holds(at))


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One rule as it is asked of one recipient: with the grounds that may serve it there, in order.

    What it permits hangs on which grounds hold, unless a ground narrows it to one adult: it is made once.
    """

    rule: Rule
    grounds: tuple[GroundRule, ...]
    _permits: dict[tuple[Ground, ...], Verdict] = field(default_factory=dict, init=False, repr=False)

    def answer(self, at: Circumstances) -> Verdict:
        """Return the verdict in circumstances in which the rule holds."""
        if self.rule.denies is not None:
            return _denied(self.rule, self.rule.denies)
        holding = _holding(self.grounds, at)
        if not holding:
            return Verdict(permit=False, owed=True, rule=self.rule.id, reason=_why_not(at))
        if self.rule.alone:
            return _permitted(self.rule, holding, at)
        found = self._permits.get(holding)
        if found is None:
            found = self._permits[holding] = _permitted(self.rule, holding, at)
        return found


def rows_for(policy: Policy, recipient: str, event_type: str) -> tuple[Row, ...]:
    """Return all of a policy that answers one recipient about one type of event, in order."""
    return tuple(
        Row(rule, _may_serve(policy, recipient, rule)) for rule in policy.rules_for(recipient, event_type)
    )


def route(policy: Policy, recipient: str, event_type: str, at: Circumstances) -> Verdict:
    """Return the verdict of the first rule that owes the recipient the form; none: not owed."""
    return answer(rows_for(policy, recipient, event_type), at)


def answer(rows: Iterable[Row], at: Circumstances) -> Verdict:
    """Return the verdict of the first of these rows that owes its recipient the form; none: not owed."""
    for row in rows:
        if all_hold(row.rule.when, at):
            return row.answer(at)
    return UNOWED


def keep(policy: Policy, recipient: str, rule_id: str, ground: Ground, at: Circumstances) -> Verdict | None:
    """Return what somebody with an open case keeps seeing after a downgrade: their rule, on their ground.

    A ground that a form's grades gave is kept although they fell. Any other is kept only while it, or
    another that serves the rule, still holds: an open case softens a downgrade, not a withdrawal, nor the
    end of a child's case (design 5). None: nothing is left to keep it on, or the policy has no such rule.
    """
    rule = policy.rule(rule_id)
    if rule is None:
        return None
    holding = (ground,) if ground in GRADED else _holding(_may_serve(policy, recipient, rule), at)
    if not holding:
        return None
    return Verdict(
        permit=True,
        owed=False,
        rule=rule_id,
        ground=holding[0],
        sections=_sections(rule, holding, at),
        holding=holding,
        can_end=_can_end(rule, holding, at),
    )


def resting_on(
    policy: Policy, verdict: Verdict, grounds: Collection[Ground], at: Circumstances
) -> Verdict | None:
    """Return what is left of a permit on these of its grounds alone; None: nothing is."""
    rule = policy.rule(verdict.rule)
    holding = tuple(ground for ground in verdict.holding if ground in grounds)
    if rule is None or not holding:
        return None
    return verdict._replace(
        ground=holding[0],
        sections=_sections(rule, holding, at),
        holding=holding,
        can_end=_can_end(rule, holding, at),
    )


def _permitted(rule: Rule, holding: tuple[Ground, ...], at: Circumstances) -> Verdict:
    return Verdict(
        permit=True,
        owed=True,
        rule=rule.id,
        ground=holding[0],
        sections=_sections(rule, holding, at),
        holding=holding,
        can_end=_can_end(rule, holding, at),
    )


def _may_serve(policy: Policy, recipient: str, rule: Rule) -> tuple[GroundRule, ...]:
    return tuple(row for row in policy.grounds if row.ground in rule.grounds and row.serves(recipient))


def _holding(grounds: Iterable[GroundRule], at: Circumstances) -> tuple[Ground, ...]:
    return tuple([row.ground for row in grounds if all_hold(row.when, at)])


def _sections(rule: Rule, holding: Sequence[Ground], at: Circumstances) -> frozenset[str]:
    """Return the whole row, or where its only ground is one that narrows, what that ground serves."""
    alone = [row for row in rule.alone if (row.ground,) == tuple(holding)]
    if not alone:
        return frozenset(rule.sections)
    return frozenset(
        name
        for row in alone
        if row.adult is None or row.adult in at.vulnerable_adults
        for name in row.sections
    )


def _can_end(rule: Rule, holding: Sequence[Ground], at: Circumstances) -> bool:
    """Say whether losing the grounds that can end would take away some of it."""
    if CAN_END.isdisjoint(holding):
        return False
    lasting = [ground for ground in holding if ground not in CAN_END]
    return not lasting or not _sections(rule, holding, at) <= _sections(rule, lasting, at)


def _why_not(at: Circumstances) -> Reason:
    if at.consent is ConsentAnswer.WITHDRAWN:
        return Reason.WITHDRAWN
    return Reason.ENDED if at.consent is ConsentAnswer.EXPIRED else Reason.NO_GROUND


def _denied(rule: Rule, reason: Reason) -> Verdict:
    return Verdict(permit=False, owed=False, rule=rule.id, reason=reason)


def releasable(policy: Policy, wanted: frozenset[str], sections: Iterable[SectionAt]) -> list[SectionAt]:
    """Return the sections that may go: the row names them, and the policy names their version (design 3)."""
    every = ANY in wanted
    return [
        at
        for at in sections
        if (every or at.name in wanted) and at.schema_id in policy.sections and at.name != ROUTING
    ]


class Rulebook:
    """A policy compiled as it is asked: circumstances are finite, so each question is answered once."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._by_id = {rule.id: rule for rule in policy.rules}
        self._rules: dict[tuple[str, str], tuple[Rule, ...]] = {}
        self._own: dict[tuple[str, str], tuple[Rule, ...]] = {}
        self._rows: dict[tuple[str, str], tuple[Row, ...]] = {}
        self._verdicts: dict[tuple[str, str, Circumstances], Verdict] = {}

    def rule(self, rule_id: str) -> Rule | None:
        """Return the rule of that id, or None."""
        return self._by_id.get(rule_id)

    def rules_for(self, recipient: str, event_type: str) -> tuple[Rule, ...]:
        """Return what the policy's `rules_for` returns."""
        key = (recipient, event_type)
        found = self._rules.get(key)
        if found is None:
            found = self._rules[key] = self.policy.rules_for(recipient, event_type)
        return found

    def own_rules(self, to: str, event_type: str) -> tuple[Rule, ...]:
        """Return the rules that name a recipient, or kind of it, itself."""
        key = (to, event_type)
        found = self._own.get(key)
        if found is None:
            found = self._own[key] = tuple(rule for rule in self.rules_for(*key) if rule.to == to)
        return found

    def settled(self, recipient: str, event_type: str) -> Verdict | None:
        """Return the recipient's denial where no circumstances could change it; None where they decide."""
        rules = self.rules_for(recipient, event_type)
        if not rules:
            return UNOWED
        first = rules[0]
        return _denied(first, first.denies) if first.denies is not None and not first.when else None

    def verdict(self, recipient: str, event_type: str, at: Circumstances) -> Verdict:
        """Return what `route` returns."""
        key = (recipient, event_type, at)
        found = self._verdicts.get(key)
        if found is None:
            found = self._verdicts[key] = answer(self._rows_for(recipient, event_type), at)
        return found

    def _rows_for(self, recipient: str, event_type: str) -> tuple[Row, ...]:
        key = (recipient, event_type)
        found = self._rows.get(key)
        if found is None:
            found = self._rows[key] = rows_for(self.policy, recipient, event_type)
        return found
