"""What a policy was compiled to answers as the policy reads, in whatever circumstances."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from services.consent.flow.decision import Answer
from services.consent.flow.record import answers_text
from services.consent.rules.answers import ASKED
from services.consent.rules.circumstances import PLACEMENT, Circumstances
from services.consent.rules.combinations import in_order, possible
from services.consent.rules.reading import parse
from services.consent.rules.route import NOT_OWED, Rulebook
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Ground, Outcome, Reason
from services.vocabulary.placement import Placement
from tests.gate_builders import STRICT

POLICY = parse(STRICT.read_text("utf-8"))
RULEBOOK = Rulebook(POLICY)


@st.composite
def questions(draw: st.DrawFn) -> tuple[str, EventType, Circumstances]:
    """Return a recipient, a type of event, and circumstances there can be: all that decides, for these."""
    to, event_type = draw(st.sampled_from(ASKED)), draw(st.sampled_from(EventType))
    conditions = (each for rule in POLICY.rules_for(to, event_type) for each in rule.when)
    assume(all(each.fact != PLACEMENT for each in conditions))
    facts = possible(to, event_type)
    at: dict[str, Any] = {fact: draw(st.sampled_from(in_order(values))) for fact, values in facts.items()}
    return to, event_type, Circumstances(**at)


@given(questions())
def test_the_first_rule_that_holds_answers_on_the_first_ground_that_holds(
    question: tuple[str, EventType, Circumstances],
) -> None:
    to, event_type, at = question

    verdict = RULEBOOK.verdict(to, event_type, at)

    rule = next((rule for rule in POLICY.rules_for(to, event_type) if rule.holds(at)), None)
    holding = [
        row.ground
        for row in POLICY.grounds
        if rule is not None and row.ground in rule.grounds and row.serves(to) and row.holds(at)
    ]
    permit = rule is not None and rule.denies is None and bool(holding)
    assert verdict.rule == (rule.id if rule is not None else NOT_OWED)
    assert (verdict.permit, verdict.holding) == (permit, tuple(holding) if permit else ())


def test_a_rule_is_about_the_children_its_own_conditions_name() -> None:
    for rule in POLICY.rules:
        named = {
            each for each in Placement if all(c.fact == "placement" and each in c.values for c in rule.when)
        }
        assert {each for each in Placement if rule.is_for(each)} == named


def test_a_ground_lasts_as_many_days_as_its_row_says() -> None:
    for ground in Ground:
        row = POLICY.ground(ground)
        lasts = POLICY.lasts(ground)
        assert (lasts.days if lasts is not None else None) == (row.lasts_days if row is not None else None)


@given(
    st.builds(
        Answer,
        recipient=st.text(),
        outcome=st.sampled_from(Outcome),
        owed=st.booleans(),
        rule=st.text(),
        ground=st.none() | st.sampled_from(Ground),
        reason=st.none() | st.sampled_from(Reason),
        sections=st.lists(st.text()).map(tuple),
        leaves=st.lists(st.integers(0, 63)).map(tuple),
    )
)
def test_an_answer_is_written_as_the_json_encoder_writes_it(answer: Answer) -> None:
    text = answers_text((answer,))

    assert text == json.dumps([answer._asdict()], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
