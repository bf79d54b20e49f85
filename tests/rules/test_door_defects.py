"""What a VPA lacks is flagged and mended, never bounced (promise 10)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.ingest.rules.contact import do_not_contact
from tests.door_builders import example
from tests.door_forms import AT, HUB, defects, refusal, sections, without


@pytest.mark.parametrize(
    "name", ["incident", "consent", "victim", "contact", "narrative", "dash", "children"]
)
def test_a_part_that_is_missing_is_a_defect(name: str) -> None:
    assert defects(without(name)) == {(f"/{name}", "missing")}


def test_the_least_vpa_there_is_is_accepted() -> None:
    facts = {"risk": "high", "children": "none"}
    event = {"type": "VpaRaised", "id": "1", "occurred_at": "2024-08-31T21:40:00+01:00", "facts": facts}

    assert {pointer for pointer, _ in defects(event)} == {
        "/incident",
        "/victim",
        "/contact",
        "/narrative",
        "/dash",
        "/consent",
        "/facts/vulnerable_adults",
        "/facts/adult_safeguarding_concern",
    }


@pytest.mark.parametrize("of", ["VpaReviewed", "VpaCorrected"])
@pytest.mark.parametrize(
    ("graded", "asked_for"),
    [
        ({"risk": "high"}, False),
        ({"risk": "medium", "children": "safeguarding"}, False),
        ({"risk": "standard", "children": "safeguarding"}, True),
        ({"risk": "high", "children": "safeguarding"}, False),
        ({"risk": "medium"}, True),
        ({"risk": "standard", "children": "below_threshold"}, True),
    ],
)
def test_consent_is_asked_for_where_it_is_the_question(
    of: str, graded: dict[str, str], *, asked_for: bool
) -> None:
    event = without("consent", of=of)
    event["facts"] = {**event["facts"], **graded}

    assert (("/consent", "missing") in defects(event)) is asked_for


def test_as_a_form_is_raised_it_is_asked_for_whatever_the_first_grade() -> None:
    event = without("consent")
    event["facts"] = {**event["facts"], "risk": "high", "children": "safeguarding"}

    assert ("/consent", "missing") in defects(event)


def test_a_checklist_not_completed_leaves_consent_the_question() -> None:
    event = without("consent")
    event["facts"] = {**event["facts"], "risk": "not_completed"}

    assert defects(event) == {("/consent", "missing")}


def test_contact_without_a_word_on_safety_is_a_defect_and_sets_do_not_contact() -> None:
    event = {**example("VpaRaised"), "contact": {"phone": "07700 900123"}}

    assert defects(event) == {("/contact/safe", "safe-contact")}
    assert sections(event)["contact"].value["do_not_contact"] == ["phone", "post", "email"]


@pytest.mark.parametrize(
    ("safe", "unsafe"),
    [
        ({}, ["phone", "post", "email"]),
        ({"phone": "yes"}, ["post", "email"]),
        ({"phone": "not_known", "post": "no", "email": "yes"}, ["phone", "post"]),
        ({"phone": "yes", "post": "yes", "email": "yes"}, []),
    ],
)
def test_only_a_plain_yes_is_safe(safe: dict[str, Any], unsafe: list[str]) -> None:
    assert do_not_contact({"safe": safe}) == unsafe


def test_a_changed_grade_needs_its_rationale() -> None:
    assert defects(without("rationale", of="VpaReviewed")) == {("/rationale", "missing")}


@pytest.mark.parametrize("unsaid", [{"text": None}, {"text": " "}, {}])
def test_an_empty_rationale_is_none(unsaid: dict[str, Any]) -> None:
    assert defects({**example("VpaReviewed"), "rationale": unsaid}) == {("/rationale", "missing")}


@pytest.mark.parametrize(
    ("name", "nothing", "where"),
    [
        ("consent", {}, ("/consent", "missing")),
        ("narrative", {}, ("/narrative", "missing")),
        ("narrative", {"text": "  "}, ("/narrative", "missing")),
        ("dash", {}, ("/dash", "missing")),
        ("dash", {"answers": {}}, ("/dash", "missing")),
        ("dash", {"tool": "dash", "version": "2009"}, ("/dash", "missing")),
        ("contact", {}, ("/contact/safe", "safe-contact")),
        ("contact", {"safe": {}}, ("/contact/safe", "safe-contact")),
        ("contact", {"safe": {"said_by": "adult victim"}}, ("/contact/safe", "safe-contact")),
    ],
)
def test_an_empty_part_is_a_missing_one(name: str, nothing: dict[str, Any], where: tuple[str, str]) -> None:
    assert defects({**example("VpaRaised"), name: nothing}) == {where}


@pytest.mark.parametrize("name", ["vulnerable_adults", "adult_safeguarding_concern"])
def test_silence_about_a_vulnerable_adult_is_not_a_no(name: str) -> None:
    event = example("VpaRaised")
    del event["facts"][name]

    assert defects(event) == {(f"/facts/{name}", "missing")}


@pytest.mark.parametrize("name", ["home_educated", "present", "school_conflict"])
@pytest.mark.parametrize("of", ["VpaRaised", "VpaReviewed"])
def test_what_is_not_said_of_a_child_is_a_defect(name: str, of: str) -> None:
    event = example(of)
    del event["children"][1][name]

    assert defects(event) == {(f"/children/1/{name}", "missing")}


def test_children_listed_where_the_facts_say_none_is_a_contradiction() -> None:
    event = example("VpaRaised")
    event["facts"]["children"] = "none"

    assert defects(event) == {("/facts/children", "children-listed")}
    assert sections(event)["facts"].value["child_count"] == 2


def test_a_review_may_not_end_with_the_risk_not_completed() -> None:
    event = example("VpaReviewed")
    event["facts"]["risk"] = "not_completed"

    assert defects(event) == {("/facts/risk", "review-unfinished")}


def test_an_answer_about_nobody_registered_is_a_defect_and_is_dropped() -> None:
    event = {**example("VpaRaised"), "consent": {"cheshire-cares": "given", "the-council": "given"}}

    assert defects(event) == {("/consent", "unknown-recipient")}
    assert sections(event)["routing"].value["consent"] == {"cheshire-cares": "given"}


def test_a_clock_an_hour_ahead_does_not_delay_a_vpa_and_does_not_outrank_what_follows() -> None:
    event = {**example("VpaRaised"), "occurred_at": (AT + timedelta(hours=1)).isoformat()}

    assert defects(event) == {("/occurred_at", "believable-time")}
    assert sections(event)["facts"].value["occurred_at"] == AT.isoformat()


def test_a_clock_an_hour_ahead_is_refused_where_nothing_is_urgent() -> None:
    event = {**example("ConsentRecorded"), "occurred_at": (AT + timedelta(hours=1)).isoformat()}

    assert refusal(event) == {("/occurred_at", "believable-time")}


def test_an_unknown_school_is_a_queue_not_a_refusal() -> None:
    event = example("VpaRaised")
    event["children"][1]["school_urn"] = "900999"

    assert defects(event) == {("/children/1/school_urn", "unknown-school")}


def test_the_door_copies_time_and_source_and_counts_children() -> None:
    laid = sections(example("VpaRaised"))

    copied = {"occurred_at": "2024-08-31T21:40:00+01:00", "source": "police"}
    assert copied.items() <= laid["facts"].value.items()
    assert copied.items() <= laid["children"].value.items()
    assert laid["facts"].value["child_count"] == 2


def test_an_override_without_its_rationale_is_refused() -> None:
    event = {**example("OverrideRecorded"), "rationale": {"text": "  "}}

    assert refusal(event) == {("/rationale/text", "rationale")}


@pytest.mark.parametrize(
    ("person", "second"), [(HUB.person, HUB.person), (HUB.person, "P-Hub-1"), (None, "p-2")]
)
def test_one_s_own_confirmation_and_that_of_what_nobody_sent_count_for_nothing(
    person: str | None, second: str
) -> None:
    event = example("VpaRaised")
    event["facts"]["confirmed_by"] = second

    assert defects(event, replace(HUB, person=person)) == {("/facts/confirmed_by", "second-person")}


@pytest.mark.parametrize(
    ("person", "reviewer"), [(HUB.person, HUB.person), (HUB.person, "P-Hub-1"), (None, "staff-0107")]
)
def test_an_override_reviewed_by_its_sender_or_sent_by_nobody_counts_and_is_flagged(
    person: str | None, reviewer: str
) -> None:
    event = example("OverrideRecorded")
    event["facts"]["reviewed_by"] = reviewer

    assert defects(event, replace(HUB, person=person)) == {("/facts/reviewed_by", "second-person")}


def test_an_override_without_rank_and_reviewer_counts_and_lacks_both() -> None:
    event = example("OverrideRecorded")
    del event["facts"]["rank"], event["facts"]["reviewed_by"]

    assert defects(event) == {("/facts/rank", "missing"), ("/facts/reviewed_by", "missing")}
