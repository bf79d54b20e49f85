"""What operators see of what was set aside, and of what reading it again would do: words, no person."""

import re
from collections.abc import Mapping
from html import unescape

from services.console.pages.operations import _aside, _counts, _service, _tried, _unread
from services.console.pages.rendering import Pages

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
    "counts": {"applied": 3, "held": 0, "unreadable": 1},
    "records": [
        {"offset": 7, "was": "tampered", "times": 0, "says": "applied", "reason": None},
        {"offset": 8, "was": "undecodable", "times": 0, "says": "unreadable", "reason": "undecodable"},
    ],
}


def words(template: str, values: Mapping[str, object]) -> str:
    response = Pages({}).page(template, {"form_token": "t", **values})
    main = bytes(response.body).decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub("<[^>]*>", " ", main)).split())


def the_page(**values: object) -> str:
    given: dict[str, object] = {"services": [], "unread": [], "oldest": 0.0, "waiting": {}, "aside": []}
    return words("operations.html", {**given, "silent": [], "redrives": [], "topics": ["log"], **values})


def the_trial(body: Mapping[str, object]) -> str:
    values = {"reader": "projections", "tried": body, "counts": _counts(body), "rows": _tried(body)}
    return words("redrive.html", values)


def test_a_service_that_is_away_is_said_to_be_and_the_others_are_shown() -> None:
    page = the_page(services=[_service("gate", None), _service("notify", STANDS)])

    assert "gate Does not answer not known not known" in page
    assert "notify 2 1" in page


def test_each_reader_says_how_many_records_of_which_topic_it_has_to_read() -> None:
    assert "notify has 2 records of log to read." in the_page(unread=list(_unread("notify", STANDS)))


def test_what_was_set_aside_stands_by_reader_and_topic_with_its_reason() -> None:
    page = the_page(aside=list(_aside("projections", PARKED)))

    assert "projections, to.dafsu 7: it does not open with the key that is here; read again 2 times" in page
    assert "projections, to.cedah 1: it is not what its schema says" in page
    assert "projections, door n:planned: the door refused it: /recipient missing" in page


def test_a_reader_that_is_away_is_not_said_to_have_set_nothing_aside() -> None:
    page = the_page(silent=["notify"])

    assert "notify does not answer: what it set aside is not known." in page
    assert "Nothing was set aside." not in page


def test_a_trial_says_what_would_come_of_it_before_there_is_a_button() -> None:
    page = the_trial(TRIED)

    assert "Nothing has been done yet." in page
    assert "3 will be taken" in page
    assert "7: it does not open with the key that is here. It would go on." in page
    assert "8: it is not what its schema says. It would stay" in page
    assert page.endswith("Read it again now")


def test_what_the_log_no_longer_holds_has_no_button() -> None:
    page = the_trial({**TRIED, "possible": False, "records": []})

    assert "cannot be read again" in page
    assert "now" not in page.split()
