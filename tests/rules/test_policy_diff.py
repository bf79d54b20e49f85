"""Two policies are compared in every combination: what changes is told in words, those alike as one."""

from __future__ import annotations

import json
import random
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli import policy_changes
from services.cli.__main__ import app
from services.consent.rules.changes import beside, changes
from services.consent.rules.circumstances import Circumstances
from services.consent.rules.combinations import Box, in_order, possible
from services.consent.rules.reading import parse
from services.consent.rules.route import route
from services.vocabulary.events import EventType
from tests.gate_builders import STRICT
from tests.policy_drafts import PRACTISED, Edit, a_policy, rule

REVIEWED = ("VpaReviewed", "VpaCorrected")
STRICT_POLICY = parse(STRICT.read_text())


def told(*edits: Edit) -> list[dict[str, Any]]:
    """Return what changes when the strict policy is edited so."""
    found: list[dict[str, Any]] = policy_changes.as_json(STRICT_POLICY, a_policy(*edits))["changes"]
    return found


def test_a_policy_changes_nothing_against_itself() -> None:
    assert changes(STRICT_POLICY, STRICT_POLICY) == ()
    assert list(policy_changes.lines(STRICT_POLICY, STRICT_POLICY))[1:] == ["Nothing changes."]


def test_a_ground_taken_away_is_told_as_when_it_alone_had_held() -> None:
    grounds = ["child-safeguarding", "consent", "marac"]

    change, in_its_place = told(rule("cedah-medium-risk", grounds=grounds))

    assert in_its_place["after"]["ground"] == "marac"
    assert change["recipients"] == ["cedah"]
    assert change["event_types"] == list(REVIEWED)
    assert change["when"] == [
        "the risk is medium, the children's level is not safeguarding, consent is not given, an override is"
        " recorded for it and it attends no MARAC"
    ]
    assert (change["before"]["outcome"], change["before"]["ground"]) == ("permit", "override")
    assert (change["after"]["outcome"], change["after"]["reason"]) == ("deny", "no-ground")


def test_sections_gained_and_lost_are_named() -> None:
    sections = ["incident", "facts", "victim", "contact", "narrative"]

    (change,) = told(rule("cheshire-cares-standard", sections=sections))

    assert (change["gained"], change["lost"]) == (["narrative"], ["dash"])
    assert change["when"] == ["the risk is standard and consent is given"]


def test_another_ground_for_the_same_sections_is_a_change() -> None:
    grounds = ["high-risk", "open-child-case", "consent", "override", "marac"]

    (change,) = told(rule("family-help-open-case", grounds=grounds))

    assert change["before"]["ground"] == "child-safeguarding"
    assert change["after"]["ground"] == "open-child-case"


def test_a_rule_for_everybody_is_one_change_for_all_it_is_for() -> None:
    (change,) = told(rule("action-owner", to="police"))

    assert len(change["recipients"]) == 20
    assert not {"police", "publisher", "partnership", "school:any"} & {*change["recipients"]}


def test_a_childs_placement_is_told() -> None:
    found = told(rule("school-conflict", when={"placement": ["too_old"]}))

    assert [each["recipients"] for each in found] == [["school:any"], ["school:any"]]
    assert [each["when"] for each in found] == [
        ["the child's place is too old"],
        ["the child's place is conflict"],
    ]


def test_a_rules_name_is_no_outcome() -> None:
    renamed = parse(STRICT.read_text().replace('id = "dafsu-high-risk"', 'id = "another-name"'))

    assert changes(STRICT_POLICY, renamed) == ()


def test_what_is_no_answer_is_told_besides() -> None:
    after = a_policy(
        rule("dafsu-high-risk", expects="telephone"),
        lambda document: document.update(review_within_hours=2),
        lambda document: document["sections"].update(victim=[1, 2]),
        lambda document: document["office_hours"].update(opens=time(9), bank_holidays=[]),
    )

    said = list(beside(STRICT_POLICY, after))

    assert said[0] == "the Hub's time to review danger: 4 hours -> 2 hours"
    assert said[1] == "offices are open: 08:30 to 17:00 -> 09:00 to 17:00"
    assert said[2].startswith("bank holidays: no longer 2022-01-03, ")
    assert said[3] == "section `victim/2`: may be released"
    assert said[4].startswith("rule dafsu-high-risk, expects: ")
    assert changes(STRICT_POLICY, after) == ()


def test_what_the_strict_policy_withholds_of_what_is_practised_is_what_lacks_consent() -> None:
    found = policy_changes.as_json(parse(PRACTISED.read_text()), STRICT_POLICY)["changes"]

    withheld = {each["recipients"][0]: each for each in found if each["after"]["outcome"] == "deny"}
    assert set(withheld) == {"cedah", "family-help", "adult-social-care"}
    assert all(each["before"]["ground"] == "practice" for each in withheld.values())
    assert withheld["cedah"]["when"] == [
        "the risk is medium, the children's level is not safeguarding, consent is not given, no override is"
        " recorded for it and it attends no MARAC"
    ]


def test_practised_differs_from_strict_in_the_three_rows_and_cheshire_cares_keeps_its_consent() -> None:
    practised = parse(PRACTISED.read_text())
    differing = {now.id for now in practised.rules if now != STRICT_POLICY.rule(now.id)}

    assert differing == {
        "cedah-medium-risk",
        "family-help-early-help",
        "adult-social-care-vulnerable-adult",
    }
    assert len(practised.rules) == len(STRICT_POLICY.rules)


@pytest.mark.parametrize("recipient", ["cedah", "family-help", "adult-social-care", "cheshire-cares"])
def test_every_combination_told_as_changing_does_and_no_other(recipient: str) -> None:
    practised, chance = parse(PRACTISED.read_text()), random.Random(3)
    among = possible(recipient, EventType.VPA_REVIEWED)
    found = [each for each in changes(practised, STRICT_POLICY) if recipient in each.recipients]
    for _ in range(2_000):
        at = Circumstances(**{fact: chance.choice(in_order(values)) for fact, values in among.items()})
        one, other = (route(each, recipient, "VpaReviewed", at) for each in (practised, STRICT_POLICY))
        differs = (one.permit, one.ground, one.sections) != (other.permit, other.ground, other.sections)

        assert sum(any(is_in(box, at) for box in each.boxes) for each in found) == differs


def is_in(box: Box, at: Circumstances) -> bool:
    return all(getattr(at, fact) in values for fact, values in box.items())


def test_the_command_compares_two_files_without_a_running_system(tmp_path: Path) -> None:
    edited = tmp_path / "draft.toml"
    edited.write_text(STRICT.read_text().replace('risk = ["standard"]', 'risk = ["standard", "medium"]'))

    result = CliRunner().invoke(app, ["policy", "diff", str(STRICT), str(edited), "--json"])

    assert result.exit_code == 0
    changed = {each["when"][0]: each["after"] for each in json.loads(result.stdout)["changes"]}
    assert changed["the risk is medium and consent is given"]["ground"] == "consent"
    assert changed["the risk is medium and consent is not given"]["owed"]
