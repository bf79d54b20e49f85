"""The Hub's forms before the real door: what each makes of what was typed, and what the door says to it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.datastructures import FormData

from services.console.pages.desk import Answer
from services.projections.pages import deciding, review
from services.projections.pages.deciding import NOT_TO_SHARE, OVERRIDE
from services.projections.pages.publishing import ALREADY, OWN_ID, Problem, flagged, problems, stamp
from services.projections.pages.review import ASKED_FOR
from services.vocabulary.agencies import RECIPIENTS
from services.vocabulary.risk import ChildrenLevel, Risk, VulnerableAdult
from tests.door_builders import OpenDoor, example, open_door

NOW = datetime(2024, 9, 1, 8, tzinfo=UTC)
OF = stamp(NOW)


def opened(**facts: object) -> dict[str, object]:
    """Return a raised VPA as the keyring opens it: with nulls, and with what the door derived."""
    vpa = example("VpaRaised")
    content: dict[str, object] = {
        name: vpa[name] for name in ("victim", "person_causing_harm", "narrative", "dash")
    }
    content["contact"] = {**vpa["contact"], "email": None, "do_not_contact": ["post", "email"]}
    content["incident"] = {"reference": vpa["incident"]}
    content["facts"] = {**vpa["facts"], "source": "police", "child_count": 2, "area": None, **facts}
    for number, child in enumerate(vpa["children"]):
        content[f"children[{number}]"] = {**child, "source": "police", "occurred_at": vpa["occurred_at"]}
    return content


def sent(**fields: str | list[str]) -> FormData:
    usual: dict[str, str | list[str]] = {"risk": "standard", "children": "early_help", "concern": "no"}
    pairs = {**usual, **fields}.items()
    return FormData(
        [(name, one) for name, each in pairs for one in (each if isinstance(each, list) else [each])]
    )


def answered(door: OpenDoor, event: Mapping[str, Any]) -> Answer:
    """Tell the door an event after its VPA."""
    found = door.publisher.publish(dict(event))
    return Answer(status=found.status_code, body=found.json())


def results(answer: Answer) -> list[dict[str, object]]:
    found = answer.body["results"]
    assert isinstance(found, list)
    return found


def raised(door: OpenDoor) -> str:
    """Publish the VPA, and return how police call its incident."""
    door.publisher.publish(example("VpaRaised"))
    return str(example("VpaRaised")["incident"])


def reviewed(form: FormData, incident: str, **facts: object) -> Mapping[str, Any]:
    return review.event(review.filled(form), review.kept(opened(**facts)), incident, OF)


@pytest.fixture
def door(tmp_path: Path) -> Any:
    with open_door(tmp_path / "data", f"sqlite:///{tmp_path / 'door.db'}") as made:
        yield made


def test_a_review_is_the_whole_form_and_the_door_finds_nothing_wrong_with_it(door: OpenDoor) -> None:
    form = sent(risk="high", rationale="Three earlier occurrences", **{"consent-cedah": "given"})
    event = reviewed(form, raised(door))

    answer = answered(door, event)

    assert problems(answer, review.FIELDS) == ()
    assert [result["defects"] for result in results(answer)] == [[]]


def test_what_the_form_does_not_ask_is_sent_as_it_was_opened() -> None:
    vpa = example("VpaRaised")

    event = reviewed(sent(), "EX", crime=True)

    assert {name: event[name] for name in ("victim", "children", "narrative", "dash", "contact")} == {
        name: vpa[name] for name in ("victim", "children", "narrative", "dash", "contact")
    }
    assert event["facts"]["crime"] is True


def test_the_original_comes_back_from_the_form_as_it_was_put_in() -> None:
    original = review.kept(opened())

    assert review.read(review.written(original)) == original


@pytest.mark.parametrize("text", ["", "[]", "{}", "{", '{"facts": 1}'])
def test_what_is_no_original_is_not_published(text: str) -> None:
    with pytest.raises(review.NotAnOriginal):
        review.read(text)


def test_the_form_is_filled_from_the_original() -> None:
    form = review.first(
        opened(
            risk="medium",
            children="safeguarding",
            vulnerable_adults=["other"],
            adult_safeguarding_concern=True,
        )
    )

    assert (form.risk, form.children, form.vulnerable_adults, form.concern) == (
        "medium",
        "safeguarding",
        ("other",),
        "yes",
    )


def test_a_dash_that_was_not_completed_is_no_answer_to_what_the_risk_is() -> None:
    form = review.first(opened(risk="not_completed"))

    assert form.risk == ""
    assert Risk.NOT_COMPLETED not in review.RISKS


def test_everything_that_is_missing_is_said_at_once() -> None:
    found = review.lacking(review.filled(sent(risk="", children="")), review.kept(opened()))

    assert [each.field for each in found] == ["risk", "children"]


@pytest.mark.parametrize(
    ("before", "after", "asked"),
    [
        ("standard", "high", True),
        ("high", "standard", True),
        ("not_completed", "high", True),
        ("high", "high", False),
    ],
)
def test_a_rationale_is_asked_for_where_the_risk_changed(before: str, after: str, asked: bool) -> None:
    found = review.lacking(review.filled(sent(risk=after)), review.kept(opened(risk=before)))

    assert ("rationale" in {each.field for each in found}) is asked


def test_a_form_that_names_children_may_not_say_that_there_are_none() -> None:
    found = review.lacking(review.filled(sent(children="none")), review.kept(opened(risk="standard")))

    assert [each.field for each in found] == ["children"]


def test_an_answer_that_was_not_asked_for_now_is_not_sent() -> None:
    event = reviewed(sent(**{"consent-cedah": "refused", "consent-dafsu": "", "consent-fire": "given"}), "EX")

    assert event["consent"] == {"cedah": "refused"}


def test_a_choice_that_is_none_of_ours_is_as_if_it_was_not_made() -> None:
    form = review.filled(sent(risk="extreme", children="many", vulnerable_adults=["victim", "cat"]))

    assert (form.risk, form.children, form.vulnerable_adults) == ("", "", ("victim",))


def test_every_word_a_review_may_choose_is_on_the_form() -> None:
    assert set(review.RISKS) == set(Risk) - {Risk.NOT_COMPLETED}
    assert set(review.CHILDREN) == set(ChildrenLevel)
    assert set(review.ADULTS) == set(VulnerableAdult)
    assert set(ASKED_FOR) <= set(RECIPIENTS)


def test_the_same_form_sent_twice_is_one_event_and_changed_it_is_refused(door: OpenDoor) -> None:
    incident = raised(door)
    event = reviewed(sent(), incident)

    first, again = answered(door, event), answered(door, event)
    changed = answered(door, reviewed(sent(concern="yes"), incident))

    assert problems(first, review.FIELDS) == problems(again, review.FIELDS) == ()
    assert [each.text for each in problems(changed, review.FIELDS)] == [ALREADY]
    assert len(door.stored()) == 2


def test_what_the_door_takes_and_flags_is_told_once_each(door: OpenDoor) -> None:
    nameless = example("VpaRaised")
    del nameless["victim"]["given_name"]

    taken = answered(door, nameless)

    assert problems(taken, {}) == ()
    assert flagged(taken) == ("Adult victim, first name: not given",)
    assert flagged(answered(door, {**example("VpaReviewed"), "id": "whole"})) == ()


def test_each_form_has_an_id_of_its_own_that_says_nothing() -> None:
    one, other = stamp(NOW), stamp(NOW)

    assert one.id != other.id
    assert OWN_ID.fullmatch(one.id)


@pytest.mark.parametrize("kind", [OVERRIDE, NOT_TO_SHARE], ids=lambda kind: kind.path)
def test_a_decision_without_recipient_and_rationale_is_told_both_at_their_fields(
    door: OpenDoor, kind: deciding.Kind
) -> None:
    event = deciding.event(kind, deciding.filled(kind, {}), raised(door), OF)

    found = problems(answered(door, event), deciding.fields(kind), kind.said)

    assert set(found) == {
        Problem(field="recipient", text=kind.said["recipient"]),
        Problem(field="rationale", text=kind.said["rationale"]),
    }


@pytest.mark.parametrize(
    ("kind", "needs"),
    [(OVERRIDE, ["recipient", "rationale"]), (NOT_TO_SHARE, ["recipient", "rationale", "confirmed_by"])],
    ids=lambda each: getattr(each, "path", ""),
)
def test_what_would_change_nothing_is_not_sent_and_everything_missing_is_said(
    kind: deciding.Kind, needs: list[str]
) -> None:
    assert [each.field for each in deciding.lacking(kind, deciding.filled(kind, {}))] == needs


def test_an_override_holds_whom_why_rank_and_reviewer_and_the_door_takes_it(door: OpenDoor) -> None:
    typed = {
        "recipient": "family-help",
        "rationale": " Danger ",
        "rank": "sergeant",
        "reviewed_by": "p-hub-1",
    }
    event = deciding.event(OVERRIDE, deciding.filled(OVERRIDE, typed), raised(door), OF)

    assert problems(answered(door, event), deciding.fields(OVERRIDE)) == ()
    taken = door.opened()[-1]
    assert {name: taken.facts[name] for name in ("recipient", "rank", "reviewed_by")} == {
        "recipient": "family-help",
        "rank": "sergeant",
        "reviewed_by": "p-hub-1",
    }
    assert taken.sections["rationale"]["text"] == "Danger"


def test_a_decision_not_to_share_is_held_as_carefully_as_an_override_and_the_door_flags_nothing(
    door: OpenDoor,
) -> None:
    typed = {
        "recipient": "checs",
        "reason": "other",
        "review_on": "2024-10-02",
        "rank": "sergeant",
        "reviewed_by": "p-hub-2",
        "confirmed_by": "p-hub-2",
    }
    given = deciding.filled(NOT_TO_SHARE, {**typed, "rationale": "A relative"})
    taken = answered(door, deciding.event(NOT_TO_SHARE, given, raised(door), OF))

    assert (problems(taken, deciding.fields(NOT_TO_SHARE)), flagged(taken)) == ((), ())
    assert {name: door.opened()[-1].facts[name] for name in typed} == typed


def test_a_decision_not_to_share_without_rank_and_reviewer_is_flagged(door: OpenDoor) -> None:
    typed = {"recipient": "checs", "rationale": "A relative", "reason": "other", "review_on": "2024-10-02"}
    given = deciding.filled(NOT_TO_SHARE, {**typed, "confirmed_by": "p-hub-2"})

    taken = answered(door, deciding.event(NOT_TO_SHARE, given, raised(door), OF))

    assert len(flagged(taken)) == 2


def test_a_day_that_is_none_is_said_at_its_field(door: OpenDoor) -> None:
    typed = {"recipient": "checs", "rationale": "A relative", "review_on": "soon"}
    event = deciding.event(NOT_TO_SHARE, deciding.filled(NOT_TO_SHARE, typed), raised(door), OF)

    (found,) = problems(answered(door, event), deciding.fields(NOT_TO_SHARE), NOT_TO_SHARE.said)

    assert found.field == "review_on"


def test_nobody_can_override_for_cheshire_cares() -> None:
    assert deciding.filled(OVERRIDE, {"recipient": "cheshire-cares"}).facts == {}
    assert "cheshire-cares" in NOT_TO_SHARE.recipients


def test_the_reason_of_a_field_that_is_not_on_the_form_stands_at_the_form() -> None:
    reason = {"pointer": "/type", "rule": "authority", "detail": "`VpaReviewed` is refused", "fix": "ask"}
    answer = Answer(status=422, body={"reasons": [reason]})

    (found,) = problems(answer, review.FIELDS)

    assert found == Problem(field="form", text="Type: not for your agency to record: ask the Hub")
