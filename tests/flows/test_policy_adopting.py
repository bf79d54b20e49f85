"""A policy that releases on what is no lawful ground is adopted by nobody: not the door, and not the gate."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from services.runtime.database import engine_at
from services.vocabulary.risk import Risk
from tests.family_builders import arrived, refused
from tests.gate_builders import STRICT, Bench, Story, a_form, grades, policy_adopted, sent
from tests.policy_drafts import PRACTISED


def test_the_door_refuses_the_table_as_practised() -> None:
    arrival = arrived("PolicyAdopted", policy={"text": PRACTISED.read_text()})

    assert refused(arrival) == {("/policy/text", "unlawful-ground")}


@pytest.mark.parametrize("text", [STRICT.read_text(), "not TOML [", "ground = 1", 'ground = [1, {id = "x"}]'])
def test_the_door_refuses_no_policy_for_anything_else(text: str) -> None:
    assert refused(arrived("PolicyAdopted", policy={"text": text})) == set()


def test_the_gate_passes_over_the_table_as_practised() -> None:
    story = Story()
    before = story.tell(a_form(of=grades(Risk.MEDIUM), incident="before"))

    adopted = story.tell(policy_adopted(text=PRACTISED.read_text()))
    after = story.tell(a_form(of=grades(Risk.MEDIUM), incident="after"))

    assert before.policy == adopted.policy == after.policy
    assert sent(after) == {}


def test_the_gate_alarms_where_somebody_would_adopt_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench(engine_at(f"sqlite:///{tmp_path / 'gate.db'}"))
    unlawful = policy_adopted(text=PRACTISED.read_text())
    bench.publish(policy_adopted(), unlawful)

    with caplog.at_level(logging.ERROR, "sightline.consent"):
        bench.settle()

    assert [record.getMessage().partition(" ")[0] for record in caplog.records] == [unlawful.event_id]
