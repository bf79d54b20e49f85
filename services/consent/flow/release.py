"""Make answers, and releases without their bytes, from verdicts."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.consent.flow.decision import Answer, Emit
from services.consent.rules.differences import Occasion
from services.consent.rules.lasting import FOR_GOOD, Until
from services.consent.rules.policy import Policy, Rule
from services.consent.rules.route import Rulebook, Verdict, releasable
from services.consent.state.entities import Held
from services.consent.state.heard import SectionAt
from services.consent.state.world import World
from services.eventlog.aliases import Kind
from services.eventlog.ids import release_id
from services.vocabulary.agencies import is_school
from services.vocabulary.grounds import CAN_END, ENCOMPASS, Ground, Outcome, Reason, ReleaseKind

NUMBERED = "children"
"""The section whose elements an inbox numbers."""

ASK_BACK = "destroy every copy within 1 working day and confirm it to the Hub: it was released in error"
"""What a recall after a correction expects. No other recall asks anything back (design 5)."""

NAMES_NOBODY = ENCOMPASS | {Ground.OWN}
"""Grounds of releases that carry no alias of the adult victim."""

Alias = Callable[[str, Kind, str], str]
"""Return a recipient's own name for a person or incident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Say which event is released, and where its sections lie."""

    event_id: str
    offset: int
    sections: tuple[SectionAt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Say whom and what a release is about, by internal id."""

    incident: str | None
    victim: str | None


def permitted(
    policy: Policy, recipient: str, verdict: Verdict, source: Source, only: frozenset[int] | None = None
) -> Answer:
    """Return the answer of a permit: the sections of the row, of a named version, as an inbox names them.

    `only` keeps the children at these leaves.
    """
    chosen = releasable(policy, verdict.sections, source.sections)
    if only is not None:
        chosen = [at for at in chosen if at.leaf in only]
    return Answer(
        recipient=recipient,
        outcome=Outcome.PERMIT,
        owed=verdict.owed,
        rule=verdict.rule,
        ground=verdict.ground,
        sections=numbered([at.name for at in chosen]),
        leaves=tuple([at.leaf for at in chosen]),
    )


def unconditional(rule: Rule) -> Verdict:
    """Return the verdict of a rule that asks nothing but whose event or child it is."""
    return Verdict(
        permit=True, owed=True, rule=rule.id, ground=min(rule.grounds), sections=frozenset(rule.sections)
    )


def denied(recipient: str, *, rule: str, reason: Reason, owed: bool = False) -> Answer:
    """Return the answer of a denial."""
    return Answer(recipient=recipient, outcome=Outcome.DENY, owed=owed, rule=rule, reason=reason)


def numbered(names: Sequence[str]) -> tuple[str, ...]:
    """Return sections as an inbox names them: `children[0]`, `children[1]` among those released."""
    if NUMBERED not in names:
        return tuple(names)
    count = itertools.count()
    return tuple([f"{name}[{next(count)}]" if name == NUMBERED else name for name in names])


class Emitter:
    """Number what one event makes the gate send, recipient by recipient."""

    def __init__(self, world: World, cause: str, rulebook: Rulebook, alias: Alias) -> None:
        self._world = world
        self._cause = cause
        self.rulebook = rulebook
        self._alias = alias
        self._numbers: dict[str, int] = {}
        self.emits: list[Emit] = []

    def send(
        self, kind: ReleaseKind, answer: Answer, source: Source, about: About, until: Until = FOR_GOOD
    ) -> None:
        """Send what a permit answers. Raises ValueError for an answer without a ground."""
        if answer.ground is None:
            raise ValueError(f"`{answer.recipient}` is permitted without a ground: look at the rule")
        rule = self.rulebook.rule(answer.rule)
        self._sent(
            Emit(
                recipient=answer.recipient,
                kind=kind,
                seq=self._number(answer.recipient),
                release_id=release_id(self._cause, source.event_id, answer.recipient),
                cause=self._cause,
                event_id=source.event_id,
                event_offset=source.offset,
                incident=self._incident_alias(about, answer.recipient),
                person=self._person_alias(about, answer.recipient, answer.ground),
                ground=answer.ground,
                rule=answer.rule,
                purpose=rule.purpose if rule is not None else "",
                expects=rule.expects if rule is not None else None,
                not_after=until.not_after,
                reason=None,
                sections=answer.sections,
                leaves=answer.leaves,
                can_end=until.can_end,
            )
        )

    def recall(self, recipient: str, held: Held, about: About, reason: Reason, occasion: Occasion) -> None:
        """Take back what a recipient holds of an incident: no sections, and the reason."""
        ground = Ground(held.ground)
        rule = self.rulebook.rule(held.rule)
        self._sent(
            Emit(
                recipient=recipient,
                kind=ReleaseKind.RECALLED,
                seq=self._number(recipient),
                release_id=release_id(self._cause, held.event_id, recipient),
                cause=self._cause,
                event_id=held.event_id,
                event_offset=held.offset,
                incident=self._incident_alias(about, recipient),
                person=self._person_alias(about, recipient, ground),
                ground=ground,
                rule=held.rule,
                purpose=rule.purpose if rule is not None else "",
                expects=ASK_BACK if occasion is Occasion.CORRECTION else None,
                not_after=None,
                reason=reason,
                sections=(),
                leaves=(),
                can_end=ground in CAN_END,
            )
        )

    def _number(self, recipient: str) -> int:
        return self._numbers.get(recipient) or self._world.next_number(recipient)

    def _sent(self, emit: Emit) -> None:
        """Use the number only once nothing can fail any more: a gap could never be closed."""
        self.emits.append(emit)
        self._numbers[emit.recipient] = emit.seq + 1

    def _incident_alias(self, about: About, recipient: str) -> str | None:
        return self._alias(about.incident, "incident", recipient) if about.incident is not None else None

    def _person_alias(self, about: About, recipient: str, ground: Ground) -> str | None:
        """Return the adult victim's alias, but not to a school, nor to the publisher with its own event.

        Beside the aliases of what its agency was told, it would say to whoever sends a name whether that
        person is known there, and what that is closed to them is about (decision 0035).
        """
        if about.victim is None or ground in NAMES_NOBODY or is_school(recipient):
            return None
        return self._alias(about.victim, "person", recipient)
