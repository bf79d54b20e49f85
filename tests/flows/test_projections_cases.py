"""The inbox as a practitioner reads it: one row an incident, what is new in it, one thing expected next."""

from collections.abc import Mapping
from typing import Any

from services.projections.pages.narrowing import SHOWN
from services.projections.state import Show
from tests.inbox_builders import Given, OneDesk, Person, a_case, a_row, visit

UNSAFE = {
    "contact": {
        "phone": "07700 900123",
        "email": "nobody@home.example",
        "safe": {"phone": "no", "email": "yes", "said_by": "adult victim"},
    }
}

HUB = Person(agency="police", role="lead")


def test_an_incident_is_one_row_however_much_was_told_of_it() -> None:
    desk = OneDesk([a_case(a_row(1, event_type="VpaRaised"), a_row(2))])

    page = visit(desk, "/inbox").text

    assert page.count('class="sightline-case"') == 1
    assert "Holds: VPA raised, VPA reviewed." in page


def test_what_nobody_in_the_agency_opened_is_said_to_be_new() -> None:
    page = visit(OneDesk([a_case()]), "/inbox").text

    assert "nobody in your agency has opened it" in page


def test_what_changed_since_somebody_opened_it_is_said_to_have_changed() -> None:
    rows = (a_row(1), a_row(2, kind="changed", event_id="event-1"))

    page = visit(OneDesk([a_case(*rows)], opened=["release-1"]), "/inbox").text

    assert "since your agency opened it" in page


def test_what_an_agency_published_itself_is_no_news_to_it() -> None:
    rows = (a_row(1), a_row(2, event_type="CaseOpened", ground="own", expects=None))

    page = visit(OneDesk([a_case(*rows)], opened=["release-1"]), "/inbox").text

    assert "Opened, and nothing has changed since." in page


def test_an_incident_that_nobody_but_the_agency_itself_told_of_is_no_news_to_it() -> None:
    page = visit(OneDesk([a_case(a_row(ground="own", expects=None))]), "/inbox?show=new").text

    assert "No incident here matches these filters" in page


def test_cases_stand_in_the_order_the_read_model_gives_them() -> None:
    unseen, seen = a_case(a_row(1), incident="unseen"), a_case(a_row(2), incident="seen")

    page = visit(OneDesk([unseen, seen], opened=["release-2"]), "/inbox").text

    assert page.index("/incidents/unseen") < page.index("/incidents/seen")


def test_one_thing_is_expected_of_an_incident_the_first_that_is_due() -> None:
    sooner = "decide within 1 working day what the children need"
    desk = OneDesk([a_case(a_row(1), a_row(2, expects=sooner, decided_at="2024-09-06T08:30:00Z"))])

    page = visit(desk, "/inbox").text

    assert "Make contact within 5 working days. It is due by the end of 9 September 2024." in page
    assert "Decide within 1 working day" not in page


def test_what_is_past_its_end_is_overdue_and_what_is_in_time_is_not() -> None:
    late = a_case(a_row(decided_at="2024-08-29T08:30:00Z"), incident="late")
    desk = OneDesk([late, a_case()])

    page = visit(desk, "/inbox?show=overdue").text

    assert "/incidents/late" in page
    assert "/incidents/alias" not in page
    assert "Overdue.</strong>" in page


def test_what_was_answered_is_no_longer_expected_even_when_the_release_changes() -> None:
    rows = (a_row(1), a_row(2, kind="changed", event_id="event-1"))

    page = visit(OneDesk([a_case(*rows, answers=("release-1",))]), "/inbox").text

    assert "Nothing is expected of you now." in page


PROVISIONAL = {
    "event_type": "VpaRaised",
    "decided_at": "2024-08-29T08:30:00Z",
    "expects": "act on it as provisional, within 1 working day: the Hub's review may change it",
}
ADVISER = "offer an independent adviser within 1 working day, checking first who already holds the family"


def reviewed(seq: int = 2, **fields: Any) -> dict[str, Any]:
    """Return the Hub's review as it comes to who holds an earlier form: in the place of that."""
    return a_row(
        seq, **{"kind": "changed", "decided_at": "2024-09-06T13:30:00Z", "expects": ADVISER, **fields}
    )


def test_what_a_review_took_the_place_of_is_no_longer_expected() -> None:
    desk = OneDesk([a_case(a_row(1, **PROVISIONAL), reviewed())])

    page = visit(desk, "/inbox").text

    assert "Offer an independent adviser within 1 working day" in page
    assert "provisional" not in page
    assert "Overdue.</strong>" not in page
    assert 'action="/incidents/alias/answer/release-2"' in page


def test_what_a_review_took_the_place_of_is_not_answered_any_more() -> None:
    desk = OneDesk([a_case(a_row(1, **PROVISIONAL), reviewed())])

    assert visit(desk, "/incidents/alias/answer/release-1").status_code == 404
    assert visit(desk, "/incidents/alias/answer/release-2").status_code == 200


def test_the_timeline_says_what_is_no_longer_expected_and_has_no_press_for_it() -> None:
    page = visit(OneDesk([a_case(a_row(1, **PROVISIONAL), reviewed())]), "/incidents/alias").text

    assert "the Hub&#39;s review may change it. No longer: what came later took its place." in page
    assert "/answer/release-1" not in page


def test_what_was_answered_before_the_review_is_asked_anew_by_it() -> None:
    desk = OneDesk([a_case(a_row(1, **PROVISIONAL), reviewed(), answers=("release-1",))])

    page = visit(desk, "/inbox?show=expected").text

    assert "Offer an independent adviser" in page


def test_children_told_of_by_two_forms_are_each_waited_for() -> None:
    welfare = {"ground": "childs-welfare", "sections": ["children[0]"]}
    first = a_row(1, **welfare, event_type="VpaRaised", expects="decide within 1 working day who supports")
    second = a_row(2, **welfare, expects="decide within 1 working day who supports")

    page = visit(OneDesk([a_case(first, second)]), "/incidents/alias").text

    assert "/answer/release-1" in page
    assert "/answer/release-2" in page


def test_what_a_review_took_the_place_of_is_no_news_once_the_review_was_opened() -> None:
    desk = OneDesk([a_case(a_row(1, **PROVISIONAL), reviewed())], opened=["release-2"])

    page = visit(desk, "/inbox").text

    assert "Opened, and nothing has changed since." in page


def test_a_recall_is_said_first_and_why() -> None:
    rows = (
        a_row(1),
        a_row(2, kind="recalled", event_id="event-1", reason="withdrawn", sections=[], expects=None),
    )

    page = visit(OneDesk([a_case(*rows)]), "/inbox?show=recalled").text

    assert "<strong>Recalled.</strong> Recalled because consent was withdrawn." in page


RECALL = a_row(2, kind="recalled", event_id="event-1", reason="withdrawn", sections=[], expects=None)


def test_a_recall_of_what_the_agency_opened_is_news_until_somebody_has_seen_it() -> None:
    recalled = OneDesk([a_case(a_row(1), RECALL)], opened=["release-1"])

    before = visit(recalled, "/inbox?show=new").text
    visit(recalled, "/incidents/alias/answer/release-2", outcome="done", back="inbox")
    after = visit(recalled, "/inbox").text

    assert "<strong>Recalled</strong> since your agency opened it." in before
    assert 'action="/incidents/alias/answer/release-2"' in before
    assert "<strong>Recalled.</strong>" in after
    assert "/answer/" not in after
    assert "No incident here matches these filters" in visit(recalled, "/inbox?show=new").text


def test_that_a_recall_was_seen_is_an_event_of_the_agencys_own() -> None:
    desk = OneDesk([a_case(a_row(1), RECALL)], opened=["release-1"])

    first = visit(desk, "/incidents/alias/answer/release-2", outcome="done", back="inbox")
    second = visit(desk, "/incidents/alias/answer/release-2", outcome="done", back="inbox")

    ((_, event),) = desk.told
    assert (event["type"], event["facts"]["release"]) == ("ExpectationMet", "release-2")
    assert (first.headers["location"], second.headers["location"]) == ("/inbox", "/inbox")


def test_the_page_of_an_incident_says_what_was_recalled_of_it_and_that_it_was_seen() -> None:
    case = (a_row(1), RECALL)
    unseen = visit(OneDesk([a_case(*case)], opened=["release-1"]), "/incidents/alias").text
    seen = visit(
        OneDesk([a_case(*case, answers=("release-2",))], opened=["release-1"]), "/incidents/alias"
    ).text

    assert "What your agency opened was recalled since." in unseen
    assert unseen.count('action="/incidents/alias/answer/release-2"') == 1
    assert "Your agency has seen this." in seen
    assert "/answer/release-2" not in seen


def test_a_recall_of_what_nobody_opened_is_no_news_and_needs_no_press() -> None:
    desk = OneDesk([a_case(a_row(1), RECALL)])

    assert "No incident here matches these filters" in visit(desk, "/inbox?show=new").text
    assert visit(desk, "/incidents/alias/answer/release-2", outcome="done").status_code == 404


def test_a_recall_is_no_news_of_another_event_that_was_opened() -> None:
    listed = a_row(1, event_type="MaracListed", event_id="event-9")
    rows = (listed, a_row(2), {**RECALL, "seq": 3, "release_id": "r-3", "event_id": "event-2"})

    page = visit(OneDesk([a_case(*rows)], opened=["release-1"]), "/inbox?show=new").text

    assert "No incident here matches these filters" in page


def test_a_recall_takes_back_every_form_of_its_incident_that_was_opened() -> None:
    raised = a_row(1, event_type="VpaRaised", event_id="event-0")
    rows = (
        raised,
        a_row(2, kind="changed"),
        {**RECALL, "seq": 3, "release_id": "r-3", "event_id": "event-2"},
    )

    page = visit(OneDesk([a_case(*rows)], opened=["release-1"]), "/inbox?show=new").text

    assert "<strong>Recalled</strong> since your agency opened it." in page


def test_a_recall_that_asks_something_back_is_seen_by_answering_that() -> None:
    asked = {**RECALL, "expects": "delete every copy within 1 working day"}

    page = visit(OneDesk([a_case(a_row(1), asked)], opened=["release-1"]), "/inbox?show=new").text

    assert page.count('action="/incidents/alias/answer/release-2"') == 1
    assert "It is done<" in page
    assert "Seen<" not in page


def test_a_copy_is_asked_back_and_can_be_answered_though_a_later_form_was_sent() -> None:
    asked = {**RECALL, "expects": "destroy every copy within 1 working day"}
    rows = (a_row(1), asked, a_row(3), a_row(4, kind="changed"))
    desk = OneDesk([a_case(*rows)], opened=["release-1", "release-4"])

    inbox, incident = visit(desk, "/inbox").text, visit(desk, "/incidents/alias").text
    pressed = visit(desk, "/incidents/alias/answer/release-2", outcome="done")

    assert "Destroy every copy within 1 working day" in inbox
    assert 'action="/incidents/alias/answer/release-2"' in inbox
    assert 'action="/incidents/alias/answer/release-2"' in incident
    assert "Destroy every copy within 1 working day. No longer" not in incident
    assert pressed.status_code == 303
    assert [event["facts"]["release"] for _, event in desk.told] == ["release-2"]


def test_nobody_says_that_a_recall_was_not_possible() -> None:
    desk = OneDesk([a_case(a_row(1), RECALL)], opened=["release-1"])

    pressed = visit(desk, "/incidents/alias/answer/release-2", outcome="not_possible", reason="not_ours")

    assert (pressed.status_code, desk.told) == (404, [])
    assert visit(desk, "/incidents/alias/answer/release-2").status_code == 404


def test_every_filter_in_force_can_be_seen_and_taken_away() -> None:
    page = visit(OneDesk([a_case()]), "/inbox?show=new&show=expected&happened=VpaReviewed").text

    assert 'href="/inbox?show=expected&amp;happened=VpaReviewed"' in page
    assert 'href="/inbox?show=new&amp;show=expected"' in page
    assert "Clear filters" in page


def test_a_word_that_is_no_filter_is_as_if_it_was_not_sent() -> None:
    page = visit(OneDesk([a_case()]), "/inbox?show=Thornwickle&happened=Thornwickle").text

    assert "Thornwickle" not in page
    assert "/incidents/alias" in page


def test_an_empty_inbox_and_a_filter_that_finds_nothing_say_different_things() -> None:
    empty = visit(OneDesk(), "/inbox").text
    none_found = visit(OneDesk([a_case()]), "/inbox?show=recalled").text

    assert "stands here as soon as it comes" in empty
    assert "No incident here matches these filters" in none_found


def test_the_rest_of_a_long_inbox_begins_after_the_last_row_shown() -> None:
    cases = [a_case(a_row(n), incident=f"alias-{n}") for n in range(40, 0, -1)]

    page = visit(OneDesk(cases), "/inbox?show=new").text

    assert page.count('class="sightline-case"') == 20
    assert 'href="/inbox?show=new&amp;after=cursor-alias-21"' in page


def test_every_filter_has_words() -> None:
    assert set(SHOWN) == set(Show)


def test_one_press_says_that_it_is_done_and_a_second_says_nothing_new() -> None:
    desk = OneDesk([a_case()])

    first = visit(desk, "/incidents/alias/answer/release-1", outcome="done", back="inbox")
    second = visit(desk, "/incidents/alias/answer/release-1", outcome="done", back="inbox")

    ((path, event),) = desk.told
    assert (path, event["type"], event["id"]) == ("/v1/events", "ExpectationMet", "met-release-1-done")
    assert (event["incident"], event["facts"]["release"], event["facts"]["outcome"]) == (
        "alias",
        "release-1",
        "done",
    )
    assert (first.headers["location"], second.headers["location"]) == ("/inbox", "/inbox")


def test_the_door_having_it_already_is_as_good_as_taken() -> None:
    desk = OneDesk([a_case()], door=Given(409, {}))

    assert visit(desk, "/incidents/alias/answer/release-1", outcome="done").status_code == 303


def test_another_reason_why_it_was_not_possible_is_another_event() -> None:
    ids = []
    for reason in ("not_reached", "declined"):
        desk = OneDesk([a_case()])
        visit(desk, "/incidents/alias/answer/release-1", outcome="not_possible", reason=reason)
        ids += [(event["id"], event["facts"]["reason"]) for _, event in desk.told]

    assert ids == [
        ("met-release-1-not_possible-not_reached", "not_reached"),
        ("met-release-1-not_possible-declined", "declined"),
    ]


def test_what_was_not_possible_needs_a_reason_and_keeps_what_was_said() -> None:
    desk = OneDesk([a_case()])

    page = visit(desk, "/incidents/alias/answer/release-1", outcome="not_possible")

    assert (page.status_code, desk.told) == (422, [])
    assert 'href="#reason"' in page.text
    assert 'value="not_possible" checked' in page.text


def test_what_the_door_refuses_is_said_in_words_with_what_to_do() -> None:
    refusal = {"reasons": [{"pointer": "/incident", "rule": "unknown-incident", "fix": "add the victim"}]}
    desk = OneDesk([a_case()], door=Given(422, refusal))

    page = visit(desk, "/incidents/alias/answer/release-1", outcome="done")

    assert page.status_code == 422
    assert "nothing is known of it here: go back to the inbox" in page.text
    assert "add the victim" not in page.text
    assert desk.pressed == set()


def test_nothing_is_answered_that_was_not_expected() -> None:
    desk = OneDesk([a_case(a_row(expects=None))])

    assert visit(desk, "/incidents/alias/answer/release-1", outcome="done").status_code == 404
    assert visit(desk, "/incidents/another/answer/release-1", outcome="done").status_code == 404
    assert desk.told == []


def opened(desk: OneDesk) -> str:
    body = {"sections": "contact", "purpose": "Safety planning call"}
    return visit(desk, "/incidents/alias/open/release-1", **body).text


def test_a_number_that_is_not_marked_safe_is_not_on_the_page_of_what_was_opened() -> None:
    page = opened(OneDesk([a_case()], opens=UNSAFE))

    assert "07700 900123" not in page
    assert "nobody@home.example" in page
    assert 'href="/incidents/alias/unsafe/release-1/phone"' in page


def test_the_bar_and_the_number_say_the_same_of_a_phone_that_may_be_monitored() -> None:
    safe = {"phone": "yes", "phone_monitored": "yes"}

    page = opened(OneDesk([a_case()], opens={"contact": {"phone": "07700 900123", "safe": safe}}))

    assert "<strong>phone</strong>: no: the phone may be monitored;" in page
    assert "Phone: do not use" in page
    assert "07700 900123" not in page


def test_where_contact_was_not_opened_it_says_not_to_phone() -> None:
    victim = {"victim": {"given_name": "Quenivaldra", "family_name": "Thornwickle"}}

    without, with_contact = (
        opened(OneDesk([a_case()], opens=what)) for what in (victim, {**victim, **UNSAFE})
    )

    assert "Contact was not opened: do not phone." in without
    assert "Contact was not opened" not in with_contact


def test_who_reviews_a_vpa_reads_how_the_person_may_be_reached() -> None:
    at_hub = OneDesk([a_case(a_row(ground="own"))], opens=UNSAFE, who=HUB)

    page = visit(at_hub, "/incidents/alias/review/release-1", purpose="Secondary assessment").text

    assert "<strong>phone</strong>: no: the person said this is not safe;" in page


def test_the_stop_shows_nothing_and_opens_nothing() -> None:
    desk = OneDesk([a_case()], opens=UNSAFE)

    page = visit(desk, "/incidents/alias/unsafe/release-1/phone").text

    assert desk.told == []
    assert "Stop: this may not be safe" in page


def test_going_on_is_an_opening_of_its_own_with_what_it_passed_over() -> None:
    desk = OneDesk([a_case()], opens=UNSAFE)

    page = visit(desk, "/incidents/alias/unsafe/release-1/phone", purpose="Police at the door").text

    ((path, body),) = desk.told
    assert (path, body["sections"]) == ("/v1/open", ["contact"])
    assert body["purpose"] == "not marked safe, phone: Police at the door"
    assert "07700 900123" in page
    assert "nobody@home.example" not in page


def test_going_on_without_a_reason_shows_nothing() -> None:
    desk = OneDesk([a_case()], opens=UNSAFE)

    page = visit(desk, "/incidents/alias/unsafe/release-1/phone", purpose="  ")

    assert (page.status_code, desk.told) == (422, [])
    assert "Enter why it has to be this way" in page.text


def test_there_is_no_stop_where_there_is_nothing_to_open() -> None:
    without = OneDesk([a_case(a_row(sections=["facts", "victim"]))])

    assert visit(without, "/incidents/alias/unsafe/release-1/phone").status_code == 404
    assert visit(OneDesk([a_case()]), "/incidents/alias/unsafe/release-1/fax").status_code == 404


def test_the_read_model_is_asked_for_what_is_looked_for_in_one_question() -> None:
    desk = OneDesk([a_case(a_row(n), incident=f"alias-{n}") for n in range(1, 31)])

    visit(desk, "/inbox?show=expected&show=new&happened=VpaReviewed&after=cursor-alias-2")

    narrowed = {"show": ["new", "expected"], "happened": "VpaReviewed"}
    assert desk.asked == [{"limit": 21, "after": "cursor-alias-2", **narrowed}]


def test_what_was_just_pressed_is_out_of_the_page_and_its_place_is_filled() -> None:
    late = [a_case(a_row(n, decided_at="2024-08-29T08:30:00Z"), incident=f"alias-{n}") for n in range(30)]
    desk = OneDesk(late, pressed={"release-3", "release-7"})

    page = visit(desk, "/inbox?show=overdue").text

    assert page.count('class="sightline-case"') == 20
    assert 'href="/incidents/alias-3"' not in page
    assert 'href="/inbox?show=overdue&amp;after=cursor-alias-21"' in page


def test_a_cursor_that_is_none_leads_to_the_page_of_what_is_not_there() -> None:
    class Refusing(OneDesk):
        def _page(self, query: Mapping[str, Any]) -> Given:
            return Given(400, {})

    assert visit(Refusing(), "/inbox?after=nothing").status_code == 404
