"""Of every word of an agency for itself the ledger says who confirmed it, and how much rests on it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from services.consent.keyring.asking import Order, Question, in_order
from services.consent.keyring.own_word import AT_ONCE, OwnWord
from services.consent.keyring.stated import Stated
from services.consent.state.heard import Heard
from services.consent.store.days import Days
from services.consent.store.ledger import Ledger
from services.consent.store.own_words import Claim, OwnWords
from services.eventlog.keys import name_token
from services.eventlog.topics import LOG
from services.vocabulary.events import EventType
from services.vocabulary.people import match_on_name
from services.vocabulary.risk import ChildCase, ChildrenLevel, Risk
from services.vocabulary.sides import Client
from tests.gate_builders import (
    START,
    a_child,
    a_form,
    an_event,
    case,
    child_status,
    consent,
    grades,
    internal,
    linked,
    override,
    own_override,
    retraction,
    sealed,
)
from tests.office_builders import AUDITOR, HUB, LEAD, MATCH_KEY, PRACTITIONER, Office, rows, settled

EARLY_HELP, LOW = grades(Risk.MEDIUM, ChildrenLevel.EARLY_HELP), grades(Risk.STANDARD)
FRONT_DOOR = ("family-help", "p-family-help-1")
REGISTERED, MADE_UP = "p-family-help-2", "zzz"
OTHER = "a reference of its own"


def a_form_about_ann(number: int = 1, **more: Any) -> Heard:
    return a_form(of=LOW, incident=f"form {number}", pupils=[a_child("ann")], **more)


def about_ann(**more: Any) -> Heard:
    """Return that Family Help says, under a reference of its own, that Ann has an open case with it."""
    pupils = (a_child("ann"),)
    given = {"incident": internal(OTHER), "children": pupils, "confirmed_by": MADE_UP, **more}
    status = given.pop("case_status", ChildCase.CIN)
    return child_status("family-help", status, **given)


def own_consent(agency: str = "cedah", **more: Any) -> Heard:
    return consent({agency: "given"}, publisher=agency, **{"confirmed_by": "p-second-2", **more})


def said(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["confirmed_by"], row["registered"], row["counts"], row["released"]


def listed(office: Office, **query: Any) -> list[tuple[Any, ...]]:
    return [said(row) for row in rows(office, "own-word", **query)]


def test_a_case_confirmed_by_nobody_registered_is_listed_with_what_it_brought_of_other_incidents(
    office: Office,
) -> None:
    settled(office, a_form_about_ann(1), a_form_about_ann(2), about_ann())

    (row,) = rows(office, "own-word")

    assert said(row) == (MADE_UP, False, True, 2)
    assert (row["publisher"], row["by"]) == ("family-help", "p-sender-1")
    assert row["event_type"] == "ChildCaseStatus"
    assert len(office.bench.output().releases["family-help"]) == 3


def test_a_case_that_names_no_child_is_of_the_children_of_its_incident(office: Office) -> None:
    settled(office, a_form_about_ann(1), a_form_about_ann(2))
    settled(office, about_ann(incident=internal("form 1"), children=()))

    assert [row["released"] for row in rows(office, "own-word")] == [2]


def test_a_case_of_a_child_who_is_one_with_another_is_of_both(office: Office) -> None:
    other = a_form(of=LOW, incident="form 2", pupils=[a_child("anna")])
    settled(office, a_form_about_ann(1), other, linked("ann", "anna"), about_ann())

    assert [row["released"] for row in rows(office, "own-word")] == [2]


def test_what_came_before_it_or_on_another_ground_does_not_rest_on_it(office: Office) -> None:
    form = a_form_about_ann(1, recorded_at=START + timedelta(days=3))
    settled(office, own_override("family-help", incident="other"))
    early = about_ann(recorded_at=START + timedelta(days=1))
    later = about_ann(recorded_at=START + timedelta(days=5))
    settled(office, early, form, later)

    assert [row["released"] for row in rows(office, "own-word")] == [0, 1, 0]


def test_who_confirmed_it_is_looked_for_among_the_registered_of_that_agency_alone(office: Office) -> None:
    seconds = (REGISTERED, f" {REGISTERED.upper()} ", "p-cedah-2", MADE_UP)
    settled(office, *(about_ann(confirmed_by=second) for second in seconds))

    assert [row["registered"] for row in rows(office, "own-word")] == [True, True, False, False]


@pytest.mark.parametrize("second", [None, "", "p-sender-1", " P-Sender-1 "])
def test_what_no_second_person_confirmed_is_listed_and_nothing_rests_on_it(
    office: Office, second: str | None
) -> None:
    settled(office, a_form_about_ann(), about_ann(confirmed_by=second))

    assert listed(office) == [(None, None, False, 0)]


def test_where_nobody_is_named_as_its_sender_it_says_so(office: Office) -> None:
    settled(office, about_ann(publisher_person=None))

    (row,) = rows(office, "own-word")

    assert (row["by"], said(row)) == (None, (None, None, False, 0))


def test_a_consent_to_whoever_recorded_it_is_its_own_word_and_one_to_another_is_not(office: Office) -> None:
    form = a_form(of=grades(Risk.MEDIUM))
    settled(office, form, own_consent(), consent({"dafsu": "given"}, publisher="cedah"))

    assert listed(office) == [("p-second-2", False, True, 1)]


@pytest.mark.parametrize(
    "no_ground",
    [
        own_consent(consent_of=Client.CHILD),
        consent({"cedah": "refused"}, publisher="cedah"),
        consent({"cedah": "given"}),
        about_ann(case_status=ChildCase.CLOSED),
        case(EventType.CASE_CLOSED, "cedah"),
        override("family-help"),
        override("family-help", publisher="checs", confirmed_by="p-second-2"),
    ],
    ids=[
        "a child's",
        "refused",
        "by another",
        "closed",
        "case closed",
        "the hub's",
        "of another",
    ],
)
def test_what_gives_its_publisher_no_ground_is_not_here(office: Office, no_ground: Heard) -> None:
    settled(office, a_form(of=EARLY_HELP), no_ground)

    assert rows(office, "own-word") == []


def test_a_consent_for_something_else_than_sharing_is_not_either(office: Office) -> None:
    office.bench.log.writer().append(LOG, [sealed(own_consent(), purpose="research")])
    office.bench.settle()

    assert rows(office, "own-word") == []


def test_an_override_of_childrens_services_for_themselves_is(office: Office) -> None:
    settled(office, a_form(of=EARLY_HELP), own_override("family-help", confirmed_by=REGISTERED))

    assert listed(office) == [(REGISTERED, True, True, 1)]


def test_a_case_that_is_opened_is_here_with_what_its_opening_brought(office: Office) -> None:
    first = case(EventType.CASE_OPENED, "dafsu")
    second = case(EventType.CASE_OPENED, "cedah", confirmed_by=MADE_UP)
    settled(office, a_form(of=grades(Risk.HIGH)), first, second)

    brought = [each for each in office.bench.output().releases["cedah"] if each.cause == second.event_id]
    (_, row) = rows(office, "own-word")

    assert (row["event_type"], row["registered"], row["counts"]) == ("CaseOpened", False, True)
    assert row["released"] == len([each for each in brought if each.ground not in ("own", "partnership")]) > 0


def test_a_case_whose_opening_was_taken_back_counts_no_more(office: Office) -> None:
    opening = case(EventType.CASE_OPENED, "cedah")
    settled(office, a_form(of=grades(Risk.HIGH)), opening, retraction(opening))

    (row,) = rows(office, "own-word")

    assert (row["event_id"], row["counts"], row["released"]) == (opening.event_id, False, 0)


def test_what_the_gate_could_not_read_is_nobodys_word(office: Office) -> None:
    unreadable = sealed(own_override("family-help"), expires_at="one day")
    office.bench.log.writer().append(LOG, [unreadable])
    office.bench.settle()

    assert rows(office, "own-word") == []


def test_days_choose_the_rows(office: Office) -> None:
    settled(office, *(about_ann(recorded_at=START + timedelta(days=day)) for day in (1, 5)))

    assert len(rows(office, "own-word", to="2024-09-05")) == 1


def test_an_agencys_lead_has_its_own_and_nobody_else_has_any(office: Office) -> None:
    settled(office, a_form(of=EARLY_HELP), about_ann(), own_consent())

    by = {who: [row["publisher"] for row in rows(office, "own-word", who)] for who in (HUB, AUDITOR)}
    assert by == {HUB: ["family-help", "cedah"], AUDITOR: ["family-help", "cedah"]}
    assert [row["publisher"] for row in rows(office, "own-word", LEAD)] == ["cedah"]
    assert [row["publisher"] for row in rows(office, "own-word", FRONT_DOOR)] == ["family-help"]
    assert office.ask(PRACTITIONER, "/v1/ledger/own-word").status_code == 404


def close_form(office: Office, number: int) -> None:
    """Restrict an incident to somebody of the Hub."""
    only = an_event(EventType.ACCESS_RESTRICTED, incident=internal(f"form {number}"), people=("p-hub-2",))
    settled(office, only)


def test_what_is_restricted_is_not_counted_for_whoever_may_not_look(office: Office) -> None:
    settled(office, a_form_about_ann(1), a_form_about_ann(2), about_ann())
    close_form(office, 2)

    assert [row["released"] for row in rows(office, "own-word")] == [1]
    assert [row["released"] for row in rows(office, "own-word", ("police", "p-hub-2"))] == [2]
    assert [row["released"] for row in rows(office, "own-word", FRONT_DOOR)] == [1]


def test_a_word_in_a_restricted_incident_is_in_no_list_and_no_sample_of_whoever_may_not_look(
    office: Office,
) -> None:
    settled(office, a_form_about_ann(1), about_ann(incident=internal("form 1")))
    close_form(office, 1)

    assert rows(office, "own-word") == rows(office, "own-word", sample=5) == []
    assert len(rows(office, "own-word", ("police", "p-hub-2"))) == 1


def test_what_is_about_whoever_asks_is_left_out(office: Office) -> None:
    settled(office, a_form(of=EARLY_HELP), own_consent())
    born = date(1988, 2, 3)
    mark = match_on_name("Verimberlyn", "Keenquillerton", born)
    assert mark is not None
    office.keys.add_tokens({internal("victim"): [name_token(MATCH_KEY, mark)]})
    office.changed["p-cedah-1"] = {"name": "Verimberlyn Keenquillerton", "date_of_birth": born}

    assert rows(office, "own-word", LEAD) == []
    assert len(rows(office, "own-word")) == 1


@pytest.mark.parametrize("order", ["as-listed", "newest"])
@pytest.mark.parametrize("sample", [{}, {"sample": 4, "seed": "s"}], ids=["all", "a sample"])
def test_each_stands_once_a_page_at_a_time(office: Office, order: str, sample: dict[str, Any]) -> None:
    settled(office, *(about_ann() for _ in range(5)), *(own_consent() for _ in range(2)))

    whole = [row["event_id"] for row in rows(office, "own-word", order=order, **sample)]
    paged: list[str] = []
    after: dict[str, str] = {}
    while True:
        asked = "&".join(
            f"{key}={value}" for key, value in {"limit": 2, "order": order, **sample, **after}.items()
        )
        found = office.ask(HUB, f"/v1/ledger/own-word?{asked}").json()
        paged += [row["event_id"] for row in found["rows"]]
        if not found["more"]:
            break
        after = {"after": found["next"]}

    assert paged == whole
    assert len(whole) == len(set(whole)) == sample.get("sample", 7)


def test_a_sample_draws_none_that_is_no_agencys_own_word_and_the_same_by_its_seed(office: Office) -> None:
    others = [consent({"dafsu": "given"}, publisher="cedah") for _ in range(6)]
    own = [about_ann() for _ in range(6)]
    settled(office, *others, *own)

    drawn = [{row["event_id"] for row in rows(office, "own-word", sample=3, seed=f"s{n}")} for n in range(30)]

    assert {len(each) for each in drawn} == {3}
    assert set().union(*drawn) == {each.event_id for each in own}
    assert drawn[0] == {row["event_id"] for row in rows(office, "own-word", sample=3, seed="s0")}
    assert office.ask(HUB, "/v1/ledger/own-word?sample=3").json()["seed"]


def test_an_override_says_too_whether_who_confirmed_it_is_registered(office: Office) -> None:
    seconds = (None, MADE_UP, REGISTERED)
    settled(office, *(own_override("family-help", confirmed_by=second) for second in seconds))

    assert [row["registered"] for row in rows(office, "overridden")] == [None, False, True]


class Asked:
    """What the log would be asked for, where every third event is an agency's own word."""

    def __init__(self) -> None:
        self.offsets: list[int] = []

    def at(self, offsets: Sequence[int]) -> dict[int, Stated]:
        self.offsets += offsets
        return {each: Stated(answers={"cedah": "given"}) for each in offsets if each % 3 == 0}


class Many(OwnWords):
    """More claims than are read at once."""

    def claims(self, days: Days, publisher: str | None = None) -> list[Claim]:
        return [
            Claim(number, f"event-{number}", EventType.CONSENT_RECORDED, None, "cedah", "2024-09-02")
            for number in range(3 * AT_ONCE)
        ]


@pytest.mark.parametrize(
    ("order", "place", "first", "found"),
    [
        (Order.AS_LISTED, "", 0, [0, 3, 6]),
        (Order.AS_LISTED, in_order(3), 4, [6, 9, 12]),
        (Order.NEWEST, "", 3 * AT_ONCE - 1, [297, 294, 291]),
    ],
)
def test_the_log_is_read_only_as_far_as_a_page_needs(
    office: Office, order: Order, place: str, first: int, found: list[int]
) -> None:
    asked, engine = Asked(), office.bench.engine
    question = Question(days=Days(), order=order, limit=2)

    page = list(OwnWord(Many(engine), Ledger(engine), asked).rows(None, lambda _: True, question, place))

    assert [where for where, _, _ in page] == [in_order(each) for each in found]
    assert (asked.offsets[0], len(asked.offsets)) == (first, AT_ONCE)
