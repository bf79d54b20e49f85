"""When a school must have heard, who answers for the rest, and that every child is counted once."""

from datetime import date, timedelta

import pytest

from services.notify.rules.encompass import deadlines, is_history, not_yet_told
from services.notify.rules.placement import Ages, Pupil, Reason, Register, clock_for, reason_for
from services.notify.rules.reconcile import account, counted
from services.notify.rules.tokens import Element, child_token, one_child
from services.notify.rules.wording import SUBJECT, WHAT_TO_DO, neutral_body
from tests.notify_builders import AN_HOUR_LATER, BELL, HOUR_TO_PHONE, LEAD, TUESDAY_NIGHT, YEAR, london

REGISTER = Register(schools={"900101": Ages(youngest=4, oldest=11)}, elsewhere=frozenset({"990001"}))
ON = date(2024, 9, 10)


def test_a_school_hears_before_its_next_bell_and_is_phoned_a_quarter_of_an_hour_before() -> None:
    limits = deadlines(TUESDAY_NIGHT, AN_HOUR_LATER, YEAR, LEAD)

    assert (limits.due_at, limits.phone_by, limits.late) == (BELL, HOUR_TO_PHONE, False)


def test_what_is_recorded_after_the_bell_is_late_and_still_phoned() -> None:
    limits = deadlines(TUESDAY_NIGHT, london("2024-09-11 11:00"), YEAR, LEAD)

    assert (limits.due_at, limits.phone_by, limits.late) == (BELL, HOUR_TO_PHONE, True)


def test_history_keeps_the_deadline_it_had_and_nobody_is_phoned() -> None:
    limits = deadlines(TUESDAY_NIGHT, TUESDAY_NIGHT + timedelta(days=8), YEAR, LEAD)

    assert (limits.due_at, limits.phone_by, limits.late) == (BELL, None, True)


def test_seven_days_are_not_yet_history() -> None:
    assert not is_history(TUESDAY_NIGHT, TUESDAY_NIGHT + timedelta(days=7))
    assert is_history(TUESDAY_NIGHT, TUESDAY_NIGHT + timedelta(days=7, microseconds=1))


def test_a_child_the_school_was_told_of_is_not_told_again() -> None:
    assert not_yet_told(("ana", "bea", "ana"), frozenset({"bea"})) == ("ana",)


@pytest.mark.parametrize(
    ("pupil", "reason"),
    [
        (Pupil(home_educated=True, school_urn="900101"), Reason.HOME_EDUCATED),
        (Pupil(school_urn=None), Reason.NO_SCHOOL),
        (Pupil(school_urn=None, born=date(2022, 1, 1)), Reason.TOO_YOUNG),
        (Pupil(school_urn="990001"), Reason.OUT_OF_AREA),
        (Pupil(school_urn="999999"), Reason.UNKNOWN_SCHOOL),
        (Pupil(school_urn="900101", born=date(2021, 9, 11)), Reason.TOO_YOUNG),
        (Pupil(school_urn="900101", born=date(2012, 9, 10)), Reason.TOO_OLD),
        (Pupil(school_urn="900101", born=date(2006, 9, 10)), Reason.TOO_OLD),
        (Pupil(school_urn="900101", born=date(2016, 1, 1), conflict=True), Reason.CONFLICT),
        (Pupil(school_urn="900101", born=date(2016, 1, 1)), Reason.NOT_TO_BE_TOLD),
    ],
)
def test_a_child_whom_no_school_is_told_of_has_a_reason(pupil: Pupil, reason: Reason) -> None:
    assert reason_for(pupil, REGISTER, ON) is reason


def test_a_conflict_is_phoned_before_the_bell_and_every_other_reason_is_for_the_next_morning() -> None:
    office = london("2024-09-11 09:00")

    assert clock_for(Reason.CONFLICT, BELL, office) == BELL
    assert {clock_for(reason, BELL, office) for reason in set(Reason) - {Reason.CONFLICT}} == {office}


def test_a_child_is_counted_once_listed_before_escalated_before_told() -> None:
    counts = account(
        4,
        listed=frozenset({"ana"}),
        escalated=frozenset({"ana", "bea"}),
        told=frozenset({"ana", "bea", "cat", "dee"}),
    )

    assert (counts.listed, counts.escalated, counts.told) == (1, 1, 2)
    assert (counts.unaccounted, counts.overcounted) == (0, 0)


def test_a_child_nobody_was_told_of_shows_and_a_surplus_does_not_hide_one() -> None:
    nobody = frozenset[str]()

    assert account(3, listed=nobody, escalated=nobody, told=frozenset({"ana"})).unaccounted == 2
    assert account(0, listed=nobody, escalated=nobody, told=frozenset({"ana"})).overcounted == 1


def test_an_occurrence_has_as_many_children_as_its_fullest_form() -> None:
    assert counted([(False, 2), (False, None), (False, 3), (False, 1)]) == 3


def test_a_correction_is_a_whole_form_and_what_came_before_no_longer_counts() -> None:
    assert counted([(False, 3), (True, 2)]) == 2
    assert counted([(False, 3), (True, 1), (False, 2)]) == 2


def a_child(name: str, born: date | None = date(2016, 3, 4)) -> Element:
    return Element(pupil=Pupil(born=born), given_name=name, family_name="Ostrovendale")


def token(
    element: Element | None, *, occurrence: str = "one", release: str = "r", name: str = "children[0]"
) -> str:
    return child_token(b"key", occurrence, release, name, element)


def test_a_child_is_the_same_however_the_name_is_spelt_and_whichever_form_names_it() -> None:
    assert token(a_child("Bríndle-wyck")) == token(a_child("BRINDLEWYCK"), release="s", name="children[1]")


def test_a_child_cannot_be_followed_from_one_occurrence_to_another() -> None:
    assert token(a_child("Brindlewyck")) != token(a_child("Brindlewyck"), occurrence="two")


def test_two_children_of_whom_nothing_is_said_are_two_children() -> None:
    first, second = token(a_child("", None)), token(a_child("", None), name="children[1]")

    assert len({first, second, token(None, release="s")}) == 3


def test_a_child_named_without_a_birthday_is_the_one_child_called_the_same() -> None:
    undated, dated = token(a_child("Brindlewyck", None)), token(a_child("Brindlewyck"))

    assert one_child(undated, {undated, dated}) == one_child(dated, {undated, dated}) == dated
    assert not_yet_told((undated,), frozenset({dated})) == ()
    assert not_yet_told((dated,), frozenset({undated})) == ()


def test_where_two_are_called_the_same_a_child_without_a_birthday_is_neither() -> None:
    undated = token(a_child("Brindlewyck", None))
    both = {token(a_child("Brindlewyck")), token(a_child("Brindlewyck", date(2018, 1, 1)))}

    assert one_child(undated, both) == undated


def test_a_mail_says_nothing_of_the_scheme_a_child_or_what_happened() -> None:
    text = (SUBJECT + neutral_body("http://127.0.0.1/sign-in")).casefold()

    for word in ("encompass", "child", "pupil", "police", "abuse", "incident", "domestic", "safeguard"):
        assert word not in text


def test_the_page_says_to_tell_neither_parent() -> None:
    assert any("either parent" in line for line in WHAT_TO_DO)
