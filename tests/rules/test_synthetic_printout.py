"""The print-out says what it was answered, and says so when it does not add up."""

import json
from dataclasses import replace
from typing import Any

from services.synthetic.printout import Answers, Head, Searched, Story, Verified, lines

LEDGER: dict[str, Any] = {
    "vpas": 274,
    "recipients": [
        {"recipient": "dafsu", "releases": 30, "by_ground": {"high-risk": 29, "marac": 1}},
        {"recipient": "fire", "releases": 0, "by_ground": {}},
        {"recipient": "school:900101", "releases": 7, "by_ground": {"operation-encompass": 7}},
        {"recipient": "school:900102", "releases": 4, "by_ground": {"operation-encompass": 4}},
    ],
    "owed_withheld": {"cedah": {"no-ground": 41, "withdrawn": 2}, "dafsu": {"no-ground": 0}},
    "shared_with_nobody": {
        "total": 57, "standard_no_children_no_adult": 31, "with_children_below_threshold": 26,
    },
}  # fmt: skip
SCHOOLS: dict[str, Any] = {
    "occurrences": 192, "children": 348, "told": 230, "escalated": 70, "listed": 48,
    "home_educated": {"occurrences": 9, "children": 21},
}  # fmt: skip
STORY = Story(
    chapters=(
        (
            "VpaRaised 2024-09-01T00:24",
            {
                "decisions": [
                    {"recipient": "school:900101", "outcome": "permit", "ground": "operation-encompass",
                     "sections": ["children[0]"]},
                    {"recipient": "dafsu", "outcome": "deny", "reason": "awaiting-review"},
                    {"recipient": "fire", "outcome": "deny", "reason": "not-owed"},
                    {"recipient": "cgl", "outcome": "deny", "reason": "not-owed"},
                ]
            },
        ),
    ),
    notifications=(
        {"school": "school:900101", "due_at": "2024-09-03T07:45:00Z",
         "acknowledged_at": "2024-09-03T07:00:00Z"},
    ),
)  # fmt: skip
ANSWERS = Answers(
    title="September",
    ledger=LEDGER,
    schools=SCHOOLS,
    story=STORY,
    verified=Verified(ok=True, heads=(Head(tree="log", size=1812, root="ab" * 32),), problems=()),
    searched=Searched(words=2203, files=140, records=9000, found=()),
    console="http://127.0.0.1:8080",
)


def printed(answers: Answers) -> str:
    return "\n".join(lines(answers))


def test_the_answers_are_one_json_document_that_says_whether_they_are_sound():
    told = json.loads(json.dumps(ANSWERS.as_json()))

    assert (told["sound"], told["schools"], told["verified"]["ok"]) == (True, SCHOOLS, True)
    assert told["searched"]["found"] == []


def test_every_agency_has_a_line_and_the_schools_one_together():
    text = printed(ANSWERS)

    assert "  dafsu                   30   high-risk 29, marac 1\n" in text
    assert "  fire                     0\n" in text
    assert "  2 schools               11   operation-encompass 11\n" in text


def test_what_was_owed_and_withheld_is_told_by_reason():
    text = printed(ANSWERS)

    assert "  cedah                no-ground 41, withdrawn 2\n" in text
    assert "dafsu                no-ground" not in text


def test_what_was_shared_with_nobody_is_told():
    text = printed(ANSWERS)

    assert "57 of 274 VPAs" in text
    assert "31 standard risk, no children, no vulnerable adult" in text
    assert "26 with children below the Early Help threshold" in text


def test_every_child_is_told_escalated_or_listed():
    text = printed(ANSWERS)

    assert "192 occurrences, 348 children" in text
    assert "9 occurrences with 21 children home-schooled" in text
    assert "348 in all: every child once" in text
    assert ANSWERS.sound


def test_a_child_too_few_is_said_aloud():
    answers = replace(ANSWERS, schools=SCHOOLS | {"told": 229})

    assert "347 in all: IT DOES NOT ADD UP" in printed(answers)
    assert not answers.sound


def test_the_story_says_who_may_see_what_and_who_heard_when():
    text = printed(ANSWERS)

    assert "    school:900101        operation-encompass: children[0]\n" in text
    assert "and 3 recipients not, awaiting-review 1, not-owed 2" in text
    assert "school:900101: due 2024-09-03T07:45:00Z, acknowledged 2024-09-03T07:00:00Z" in text


def test_a_record_that_does_not_verify_is_said_aloud():
    answers = replace(ANSWERS, verified=Verified(ok=False, heads=(), problems=("log: wrong",)))

    assert "DOES NOT VERIFY: log: wrong" in printed(answers)
    assert not answers.sound


def test_somebody_at_rest_is_said_aloud():
    answers = replace(ANSWERS, searched=replace(ANSWERS.searched, found=("logs/gate.log (letters)",)))

    assert "FOUND IN logs/gate.log (letters)" in printed(answers)
    assert not answers.sound
