"""A model written independently agrees with the gate about every recipient after every step (design 5)."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import reduce

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.consent.flow import children, decide, fold, routing
from services.consent.flow.decide import Decider
from services.consent.rules import evidence
from services.consent.rules.history import TOO_EARLY
from services.consent.rules.lasting import FOR_GOOD
from services.consent.rules.not_shared import is_decided_against
from services.consent.rules.schools import tell
from services.consent.state import consents, evolve, forms, harms, retracted, said_again, sides, taking_part
from services.consent.state.entities import Marac
from services.consent.state.sides import age_of
from services.vocabulary.agencies import HUB
from services.vocabulary.calendar import OfficeHours
from services.vocabulary.grounds import Ground
from tests.gate_builders import STRICT
from tests.gate_comparison import Parted, compare, decider_of, parts, shortened
from tests.gate_history import Step, a_history, text_without
from tests.gate_table import TABLE
from tests.policy_flips import as_toml, flips
from tests.system import sized

SHARES = sized(1, 10)
"""Parts of the runs that may go on at the same time; no two of them draw the same history."""

RUNS = sized(200, 10_000) // SHARES
STEPS = 50
"""At least: some histories are up to nine longer."""

ORDINARY = 250
"""Histories among which a gate that decides otherwise must be caught."""

LONGEST_TOLD = 8
"""Steps a failing history has left at most once those it does not need are left out."""


def told(steps: Sequence[Step]) -> str:
    return "\n".join(f"  {number}  {step}" for number, step in enumerate(steps))


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("share", range(SHARES))
@settings(
    max_examples=RUNS, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow]
)
@given(drawn=st.integers(0, 2**63 - 1))
def test_the_gate_and_the_model_agree_about_every_recipient_after_every_step(share: int, drawn: int) -> None:
    seed = drawn * SHARES + share
    history = a_history(seed, STEPS + seed % 10)
    try:
        compare(history)
    except Parted as parted:
        short = shortened(history, parts)
        with pytest.raises(Parted) as why:
            compare(short)
        raise AssertionError(f"seed {seed}: {parted}\n{told(short)}\n{why.value}") from None


FLIPPED = (
    "ground.3.only = []",
    "ground.4.lasts_days = 366",
    "ground.6.lasts_days = 366",
    "grounds 0 and 1 in the other order",
    "grounds 4 and 5 in the other order",
    "review_within_hours = 5",
)
"""Changes to the grounds: whom they serve, how long, in which order they are named."""


def flipped(change: str) -> str:
    """Return the strict policy with one cell changed."""
    document = tomllib.loads(STRICT.read_text())
    return next(as_toml(made) for said, made in flips(document, concerns=lambda _: False) if said == change)


def caught(decider: Decider) -> Sequence[Step] | None:
    """Return the first ordinary history on which the model parts from a gate, or None."""
    histories = (a_history(seed, STEPS) for seed in range(ORDINARY))
    return next((history for history in histories if parts(history, decider)), None)


@pytest.mark.long
@pytest.mark.parametrize("change", FLIPPED)
def test_a_gate_with_one_cell_of_its_policy_changed_is_caught(change: str) -> None:
    assert caught(decider_of(flipped(change))) is not None


@pytest.mark.long
@pytest.mark.parametrize("rule", sorted({row.rule for row in TABLE} | {"school-child-causing-harm"}))
def test_a_gate_that_lacks_one_rule_is_caught(rule: str) -> None:
    assert caught(decider_of(text_without(rule))) is not None


def test_the_shipped_policy_written_out_again_is_not_caught_at_once() -> None:
    document = tomllib.loads(STRICT.read_text())
    decider = decider_of(as_toml(document))

    assert not any(parts(a_history(seed, STEPS), decider) for seed in range(10))


def first_override_ends(self: evidence.Evidence, recipient: str) -> Iterator[datetime]:
    rows = self._incident.overrides[recipient]
    yield from sorted(end for row in rows for end in evidence._end(self._policy, Ground.OVERRIDE, row))[:1]


ALTERED: Mapping[str, tuple[object, str, object]] = {
    "the answer that came last stands": (evolve, "later", lambda known, said: said),
    "a recipient's own word needs nobody": (evolve, "_counts", lambda heard, to, said: True),
    "no withdrawal is of everything": (consents, "withdrawn_until", lambda *_: None),
    "an open case keeps nothing": (evidence.Evidence, "has_open_case", lambda self, to: False),
    "everybody has an open case": (evidence.Evidence, "has_open_case", lambda self, to: True),
    "a case counts on its own incident alone": (
        evidence.Evidence,
        "has_open_case",
        lambda self, to: to in self._incident.cases,
    ),
    "what a form repeats is a new answer": (evolve, "asked_before", lambda world, incident, heard: {}),
    "danger that is raised again is none": (forms, "_are_danger", lambda world, incident, form: False),
    "nobody is stopped": (routing, "stopped", lambda standing, to: None),
    "what waited is forgotten": (taking_part, "stopped", lambda standing, to: None),
    "nothing is put on the agenda": (fold, "watch", lambda world, heard, policy: None),
    "what time ends is not said": (routing, "until", lambda now, later: FOR_GOOD),
    "no raised form is overdue": (evidence, "is_overdue", lambda raised, age, policy, now: False),
    "who holds the form is as it was before": (
        decide._Deciding,
        "_holders",
        lambda deciding, incident: set(incident.held),
    ),
    "nothing is decided again": (decide._Deciding, "again", lambda deciding, incidents: iter(())),
    "a school is told of every child each time": (
        children,
        "tell",
        lambda rules, to, children, told: tell(rules, to, children, ()),
    ),
    "who joins late is owed all there was": (routing, "is_of_the_past", lambda standing, to, form: False),
    "consent that names them brings nothing back": (
        routing,
        "of_the_past",
        lambda policy, verdict, at: TOO_EARLY if verdict.permit or verdict.owed else verdict,
    ),
    "what names nobody brings it back too": (routing, "of_the_past", lambda policy, verdict, at: verdict),
    "history is ordered and never brought": (fold, "bring", lambda world: None),
    "nobody joins": (fold, "join", lambda world, heard, may_join: None),
    "that offices open takes back what they were closed for": (routing, "at_another_hour", lambda at: at),
    "offices never close": (OfficeHours, "are_on", lambda hours, moment: True),
    "meetings never end": (
        evidence,
        "ends",
        lambda recorded, lasts: None if isinstance(recorded, Marac) else consents.ends(recorded, lasts),
    ),
    "no report waits for the Hub": (evidence, "waits_for", lambda incident, form, them: ()),
    "a review is of every report, whomever it is about": (
        sides,
        "_meant",
        lambda world, incident, heard: incident.turned,
    ),
    "what the Hub takes back stays known": (harms, "_forget", lambda world, victim, harms: None),
    "what a form mends stays known": (sides, "_mend", lambda world, incident, said: None),
    "nobody is under sixteen": (evidence, "as_child", lambda grades, age: grades),
    "how old the other side is counts": (
        evidence,
        "age_of",
        lambda person_of, incident, form: age_of(person_of, incident, replace(form, victim=incident.victim)),
    ),
    "whoever overrides is heard": (evolve, "_overrides", lambda heard: True),
    "nobody but the Hub overrides": (evolve, "_overrides", lambda heard: heard.publisher == HUB),
    "the override that came last stands alone": (evolve, "with_override", lambda known, made: (made,)),
    "the override made last stands alone": (
        evolve,
        "with_override",
        lambda known, made: (reduce(consents.later_override, known, made),),
    ),
    "the first override to end is the last": (evidence.Evidence, "_last_override_ends", first_override_ends),
    "a child consents for the adult victim": (evolve, "_is_for_sharing", lambda heard: True),
    "what was taken back is sent again": (routing, "is_taken_back", lambda incident, event_id, to: False),
    "nobody is told anew of children": (decide, "that_tell", lambda forms, incident: ()),
    "a form that was taken back stands": (retracted, "_without_form", lambda world, incident, of: incident),
    "what a form that was taken back answered stands": (
        retracted,
        "_consents",
        lambda incident, of, left: incident.consents,
    ),
    "a case that was taken back stays open": (
        retracted,
        "without_case",
        lambda world, heard, key, of: None,
    ),
    "a meeting that was taken back is a ground": (
        retracted,
        "_without_marac",
        lambda incident, of: incident,
    ),
    "who harms whom stays known by what was taken back": (
        retracted,
        "say_again",
        lambda world, key, of: None,
    ),
    "what turned round a lie waits on once the lie is taken back": (
        said_again,
        "_say",
        lambda world, saying: None,
    ),
    "the Hub's own form is found wrong in place of what was reported": (
        sides,
        "_wrong",
        lambda incident: incident.turned or incident.reports,
    ),
    "what is told once is told again": (routing, "ONCE", frozenset()),
    "nothing is decided not to be shared": (routing, "is_decided_against", lambda incident, to, by: False),
    "a school is told whatever was decided": (children, "is_decided_against", lambda incident, to, by: False),
    "whoever decides not to share decides for all": (
        routing,
        "is_decided_against",
        lambda incident, to, by: any(is_decided_against(incident, to, row.by) for row in incident.not_shared),
    ),
    "the Hub alone decides not to share": (
        routing,
        "is_decided_against",
        lambda incident, to, by: is_decided_against(incident, to, HUB),
    ),
    "nothing ends a decision not to share": (
        routing,
        "is_decided_against",
        lambda incident, to, by: is_decided_against(incident._replace(overrides={}), to, by),
    ),
    "any override of the Hub ends a decision not to share": (
        routing,
        "is_decided_against",
        lambda incident, to, by: (
            is_decided_against(incident, to, by)
            and all(row.by != HUB for row in incident.overrides.get(to, ()))
        ),
    ),
    "a recall says that it was decided so": (routing, "NOT_SHARED", ""),
}
"""Lines of deciding, each as somebody might get it wrong: where it is, its name, and what stands there."""


@pytest.mark.long
@pytest.mark.parametrize("line", ALTERED)
def test_a_gate_with_one_line_of_deciding_altered_is_caught(
    line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, name, altered = ALTERED[line]
    monkeypatch.setattr(where, name, altered)

    assert caught(decider_of(STRICT.read_text())) is not None


def test_a_history_that_fails_is_told_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence.Evidence, "has_open_case", lambda self, to: False)
    history = caught(decider_of(STRICT.read_text()))
    assert history is not None

    short = shortened(history, parts)

    assert len(short) <= LONGEST_TOLD < len(history)
    assert parts(short)
