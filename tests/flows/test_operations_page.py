"""What operators see of what was set aside, and of what reading it again would do: words, no person."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import anyio
import pytest
from fastapi import Request

from services.console.pages.desk import Answer, Unanswered
from services.console.pages.lagging import Behind, aged, behind, lasting, services, stuck, undecided, unread
from services.console.pages.operations import MOST_SHOWN, _aside, _counts, _listed
from services.console.pages.operations import _undecided as not_decided
from services.console.pages.rendering import Pages

PAGES = Pages({})
"""Made once: a template is compiled by whoever makes pages."""

NOW = datetime(2024, 9, 2, 9, 0, tzinfo=UTC)

STANDS: Mapping[str, object] = {
    "service": "notify",
    "behind": 2,
    "pending": 1,
    "positions": {"log": 3},
    "ends": {"log": 5},
}
PARKED: Mapping[str, object] = {
    "records": [
        {"topic": "to.dafsu", "offset": 7, "reason": "tampered", "times": 2},
        {"topic": "to.cedah", "offset": 1, "reason": "undecodable", "times": 0},
    ],
    "refused": [{"event": "n:planned", "reasons": [{"pointer": "/recipient", "rule": "missing"}]}],
}
TRIED: Mapping[str, object] = {
    "topic": "to.dafsu",
    "plan": "f" * 32,
    "first": 7,
    "until": 9,
    "possible": True,
    "tried": 4,
    "of": 4,
    "untried": 0,
    "counts": {"applied": 3, "held": 0, "unreadable": 1},
    "records": [
        {"offset": 7, "was": "tampered", "times": 0, "says": "applied", "reason": None},
        {"offset": 8, "was": "undecodable", "times": 0, "says": "unreadable", "reason": "undecodable"},
    ],
}


def words(template: str, values: Mapping[str, object]) -> str:
    response = PAGES.page(template, {"form_token": "t", **values})
    main = bytes(response.body).decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub("<[^>]*>", " ", main)).split())


def the_page(**values: object) -> str:
    given: dict[str, object] = {"services": [], "behind": [], "oldest": 0.0, "stuck": [], "aside": []}
    given |= {"lasting": lasting, "undecided": {"rows": [], "more": False}}
    return words("operations.html", {**given, "silent": [], "redrives": [], "topics": ["log"], **values})


def waiting(recipients: int, behind_aside: int, seconds: float) -> Mapping[str, object]:
    """Return what a reader says of its standing while recipients wait for a number."""
    since = (NOW - timedelta(seconds=seconds)).isoformat()
    return {
        **STANDS,
        "waits": {"recipients": recipients, "since": since, "behind_aside": behind_aside},
    }


class Looking:
    """A desk at nine in the morning, where a topic's records are looked at."""

    def __init__(self, answer: Answer | None) -> None:
        self.asked: list[Mapping[str, str | int]] = []
        self._answer = answer

    def now(self) -> datetime:
        return NOW

    async def ask(self, request: Request, path: str, query: Mapping[str, str | int] | None = None) -> Answer:
        self.asked.append(query or {})
        if self._answer is None or path != "/v1/operations/records":
            raise Unanswered
        return self._answer


def the_lag_at(desk: Looking) -> list[Behind]:
    return anyio.run(behind, desk, Request({"type": "http"}), unread({"notify": STANDS}))


def the_page_of(standing: Mapping[str, object]) -> str:
    return the_page(stuck=list(stuck({"projections": standing}, NOW)))


def the_trial(body: Mapping[str, object]) -> str:
    values = {"reader": "projections", "tried": body, "counts": _counts(body), **_listed(body)}
    return words("redrive.html", values)


def test_a_service_that_is_away_is_said_to_be_and_the_others_are_shown() -> None:
    page = the_page(services=services({"gate": None, "notify": STANDS}))

    assert "gate Does not answer not known not known" in page
    assert "notify 2 1" in page


def test_each_reader_says_how_many_records_of_which_topic_it_has_to_read_and_how_old_the_first_is() -> None:
    (topic,) = unread({"notify": STANDS, "gate": None})

    page = the_page(behind=[aged(topic, NOW - timedelta(seconds=90), NOW)])

    assert "notify has 2 records of log to read, the first of them written 1 minute ago." in page


def test_a_record_of_which_nobody_says_when_it_was_written_is_not_said_to_be_new() -> None:
    (topic,) = unread({"notify": STANDS})

    page = the_page(behind=[aged(topic, None, NOW)])

    assert "notify has 2 records of log to read, written nobody can say when." in page


def test_how_old_the_first_record_to_take_is_goes_by_the_time_it_says_and_the_partnerships_clock() -> None:
    written = {"recorded_at": "2024-09-02T08:57:00Z", "appended_at": "2026-11-27T08:00:00Z"}
    desk = Looking(Answer(status=200, body={"records": [written]}))

    (found,) = the_lag_at(desk)

    assert (found.records, found.ago) == (2, "3 minutes")
    assert desk.asked == [{"topic": "log", "from": 3, "most": 1}]


@pytest.mark.parametrize("answer", [None, Answer(status=404, body={}), Answer(status=200, body={})])
def test_where_nobody_says_how_old_it_is_the_rest_is_shown(answer: Answer | None) -> None:
    (found,) = the_lag_at(Looking(answer))

    assert (found.topic, found.records, found.ago) == ("log", 2, None)


@pytest.mark.parametrize(
    ("at_work", "of_the_gate", "oldest"),
    [
        (0.0, [], 0.0),
        (5.0, [], 5.0),
        (0.0, [90.0], 90.0),
        (None, [], None),
        (0.0, [None], None),
    ],
)
def test_what_the_gate_has_yet_to_read_is_undecided_too(
    at_work: float | None, of_the_gate: list[float | None], oldest: float | None
) -> None:
    topics = [Behind(reader="gate", topic="log", records=1, seconds=seconds) for seconds in of_the_gate]
    others = [Behind(reader="audit", topic="log", records=1, seconds=7200.0)]

    assert undecided(at_work, topics + others) == oldest


def test_the_oldest_undecided_event_is_said_in_words() -> None:
    assert "The oldest undecided event is 1 minute old." in the_page(oldest=90.0)
    assert "Every event is decided." in the_page(oldest=0.0)
    assert "is not known" in the_page(oldest=None)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.2, "0 seconds"),
        (1, "1 second"),
        (59.9, "59 seconds"),
        (60, "1 minute"),
        (7200, "2 hours"),
        (86_400, "1 day"),
    ],
)
def test_how_long_something_lasts_is_said_in_the_largest_whole_unit(seconds: float, said: str) -> None:
    assert lasting(seconds) == said


def test_recipients_that_are_stuck_are_counted_with_how_long_and_why_although_nothing_is_behind() -> None:
    page = the_page_of({**waiting(2, 1, 300), "behind": 0})

    assert "projections: 2 recipients are told nothing new, the first of them for 5 minutes" in page
    assert "A record was set aside where 1 of them is sent theirs" in page


def test_a_missing_number_that_nothing_set_aside_explains_leads_to_the_gate() -> None:
    page = the_page_of(waiting(1, 0, 31))

    assert "1 recipient is told nothing new, and has waited for 31 seconds" in page
    assert "Nothing was set aside there: look at the gate." in page


def test_where_nobody_waits_nothing_is_said_of_it() -> None:
    assert "told nothing new" not in the_page_of(STANDS)
    assert "told nothing new" not in the_page_of(waiting(0, 0, 0))


def test_what_was_set_aside_stands_by_reader_and_topic_with_its_reason() -> None:
    page = the_page(aside=list(_aside("projections", PARKED)))

    assert "projections, to.dafsu 7: it does not open with the key that is here; read again 2 times" in page
    assert "projections, to.cedah 1: it is not what its schema says" in page
    assert "projections, door n:planned: the door refused it: /recipient missing" in page


def test_of_very_many_records_a_page_names_the_first_and_counts_the_others() -> None:
    many = [{"topic": "to.dafsu", "offset": at, "reason": "tampered"} for at in range(MOST_SHOWN + 7)]

    page = the_page(aside=list(_aside("projections", {"records": many})))

    assert page.count("it does not open with the key that is here") == MOST_SHOWN
    assert "and 7 more" in page


def test_a_reader_that_is_away_is_not_said_to_have_set_nothing_aside() -> None:
    page = the_page(silent=["notify"])

    assert "notify does not answer: what it set aside is not known." in page
    assert "Nothing was set aside." not in page


def undecided_on(answer: Answer | None) -> str:
    """Return the page where the keyring's list of what could not be decided is this; None: it is away."""

    class Keyring:
        async def ask(self, request: Request, path: str, query: Mapping[str, str | int]) -> Answer:
            if answer is None:
                raise Unanswered
            return answer

        def title_of(self, agency: str) -> str:
            return {"dafsu": "DAFSU"}[agency]

    desk: Any = Keyring()
    found = anyio.run(not_decided, desk, Request({"type": "http"}))
    return the_page(undecided=found)


def test_what_the_gate_could_not_decide_stands_with_its_place_whom_it_is_withheld_from_and_why() -> None:
    rows = [
        {
            "offset": 9,
            "event_type": "VpaReviewed",
            "event_id": "e9",
            "recipient": "dafsu",
            "reason": "rule-error",
        },
        {"offset": 4, "event_type": "unreadable", "event_id": "unreadable-4", "reason": "unreadable"},
    ]

    page = undecided_on(Answer(status=200, body={"rows": rows, "more": True}))

    assert "log, 9: VpaReviewed e9 is withheld from DAFSU: a rule failed, look at the rule" in page
    assert "log, 4: unreadable unreadable-4 is withheld from everybody: it cannot be read" in page
    assert "there are more" in page


def test_where_everything_could_be_decided_the_page_says_so() -> None:
    assert "Everything could be decided." in undecided_on(
        Answer(status=200, body={"rows": [], "more": False})
    )


@pytest.mark.parametrize("answer", [None, Answer(status=503, body={})])
def test_a_keyring_that_is_away_is_not_said_to_have_decided_everything(answer: Answer | None) -> None:
    page = undecided_on(answer)

    assert "what could not be decided is not known" in page
    assert "Everything could be decided." not in page


def test_a_trial_says_what_would_come_of_it_before_there_is_a_button() -> None:
    page = the_trial(TRIED)

    assert "Nothing has been done yet." in page
    assert "3 will be taken" in page
    assert "7: it does not open with the key that is here. It would go on." in page
    assert "8: it is not what its schema says. It would stay" in page
    assert page.endswith("Read it again now")


def test_of_very_many_records_that_were_tried_a_page_names_the_first_and_counts_the_others() -> None:
    many = [{"offset": at, "was": "tampered", "reason": "tampered"} for at in range(MOST_SHOWN + 7)]

    page = the_trial({**TRIED, "records": many})

    assert page.count("It would stay") == MOST_SHOWN
    assert "and 7 more of those that were tried" in page


def test_a_trial_of_all_of_it_says_nothing_of_a_limit() -> None:
    assert "were tried" not in the_trial(TRIED)


def test_a_trial_of_the_first_records_alone_says_how_many_of_how_many_and_what_becomes_of_the_others() -> (
    None
):
    page = the_trial({**TRIED, "of": 9, "untried": 2})

    assert "The first 4 of 9 records were tried" in page
    assert "The others are read after them" in page
    assert "2 of them stand aside now." in page


def test_what_the_log_no_longer_holds_has_no_button() -> None:
    page = the_trial({**TRIED, "possible": False, "records": []})

    assert "cannot be read again" in page
    assert "now" not in page.split()
