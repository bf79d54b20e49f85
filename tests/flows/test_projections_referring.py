"""A referral of somebody new: what is missing is taken where nobody may wait, and asked for where they can.

The door that answers here judges by its own forms and rules, with nothing kept.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from services.console.pages.navigation import ways
from services.console.pages.sessions import Visitor
from services.eventlog.catalogue_files import load_catalogue
from services.vocabulary.agencies import REFERRERS, may_refer
from tests.door_builders import demo_partnership
from tests.inbox_builders import Given, visit
from tests.referring_builders import ReferringDesk

REFER = "/refer"
PARTNERSHIP = demo_partnership()
PRESS = "0" * 32
SHOWN = {"press": PRESS, "occurred_at": "2024-09-09T08:55:00Z", "children": "1"}
SAFE = {"safe_phone": "yes", "safe_post": "no", "safe_email": "not_known", "said_by": "adult victim"}
WHOLE = {
    **SHOWN, **SAFE, "came": "organisation", "source": "Bramblewick Surgery",
    "referrer_name": "Odrinella Quickthorn", "given_name": "Quenivaldra", "family_name": "Thornwickle",
    "born-day": "4", "born-month": "3", "born-year": "1990", "phone": "01632 960111", "risk": "medium",
    "text": "A safe place to talk", "children_known": "no",
}  # fmt: skip
A_CHILD = {
    "children_known": "yes", "level": "early_help", "child_1_given_name": "Marigoldine",
    "child_1_family_name": "Thornwickle", "child_1_born-day": "5", "child_1_born-month": "5",
    "child_1_born-year": "2016", "child_1_school": "900101",
}  # fmt: skip


def text_of(page: Any) -> str:
    """Return a page with its entities read."""
    return str(page.text).replace("&#39;", "'")


def test_everybody_who_may_publish_a_referral_may_refer_and_nobody_else() -> None:
    publishers = load_catalogue().event("ReferralReceived").publishers

    assert set(publishers) == REFERRERS
    assert may_refer("gp:N81001")
    assert may_refer("housing")
    assert not [each for each in ("police", "school:900101", "education", "partnership") if may_refer(each)]


@pytest.mark.parametrize("agency", ["police", "education", "partnership", "school:900101"])
def test_to_who_may_not_refer_the_page_is_not_there(agency: str) -> None:
    desk = ReferringDesk(agency=agency)

    assert visit(desk, REFER).status_code == visit(desk, REFER, **WHOLE).status_code == 404
    assert desk.told == []


def test_a_practice_refers_somebody_whom_nobody_was_told_of() -> None:
    desk = ReferringDesk(agency="gp:N81001")

    page = visit(desk, REFER, **WHOLE)

    referral = desk.events()["ReferralReceived"]
    assert page.status_code == 200
    assert referral["incident"] == f"refer-{PRESS}"
    assert referral["victim"] == {
        "given_name": "Quenivaldra", "family_name": "Thornwickle", "date_of_birth": "1990-03-04",
    }  # fmt: skip
    assert referral["facts"] == {
        "risk": "medium", "children": "none", "referral_source": "Bramblewick Surgery",
        "self_referral": False, "received_on": "2024-09-09",
    }  # fmt: skip
    assert referral["referrer"] == {"name": "Odrinella Quickthorn"}
    assert referral["referral"] == {"text": "A safe place to talk"}


def test_what_is_safe_is_said_of_each_way_by_itself() -> None:
    desk = ReferringDesk()

    visit(desk, REFER, **WHOLE, monitored="yes", hours="after nine")

    assert desk.events()["ReferralReceived"]["contact"]["safe"] == {
        "phone": "yes", "post": "no", "email": "not_known", "said_by": "adult victim",
        "hours": "after nine", "phone_monitored": "yes",
    }  # fmt: skip


def test_somebody_who_comes_themselves_is_a_self_referral() -> None:
    desk = ReferringDesk()

    visit(desk, REFER, **{**WHOLE, "came": "self", "source": ""})

    facts = desk.events()["ReferralReceived"]["facts"]
    assert (facts["self_referral"], facts["referral_source"]) == (True, "self")


@pytest.mark.parametrize(("known", "children"), [("no", "none"), ("not_established", None)])
def test_children_may_be_none_or_not_established(known: str, children: str | None) -> None:
    desk = ReferringDesk()

    page = visit(desk, REFER, **{**WHOLE, "children_known": known})

    assert desk.events()["ReferralReceived"]["facts"].get("children") == children
    assert f"Children: {known.replace('_', ' ')}" in page.text


def test_a_child_is_named_with_its_school() -> None:
    desk = ReferringDesk()

    visit(desk, REFER, **{**WHOLE, **A_CHILD})

    referral = desk.events()["ReferralReceived"]
    assert referral["facts"]["children"] == "early_help"
    assert referral["children"] == [
        {
            "given_name": "Marigoldine", "family_name": "Thornwickle", "date_of_birth": "2016-05-05",
            "home_educated": False, "school_urn": "900101",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("school", "said"), [("home", {"home_educated": True}), ("other", {}), ("", {}), ("000000", {})]
)
def test_of_a_school_that_is_not_known_nothing_is_said(school: str, said: dict[str, object]) -> None:
    desk = ReferringDesk()

    visit(desk, REFER, **{**WHOLE, **A_CHILD, "child_1_school": school})

    (child,) = desk.events()["ReferralReceived"]["children"]
    assert {name: child[name] for name in child if name in ("home_educated", "school_urn")} == said


def test_another_child_is_asked_about_and_what_was_typed_is_kept() -> None:
    desk = ReferringDesk()

    page = visit(desk, REFER, **{**WHOLE, **A_CHILD}, more="yes")

    assert (page.status_code, desk.told) == (200, [])
    assert 'name="child_2_given_name"' in page.text
    assert 'value="Marigoldine"' in page.text
    assert 'name="children" value="2"' in page.text


def test_a_child_left_empty_before_another_is_nobody() -> None:
    desk = ReferringDesk()
    second = {name.replace("child_1", "child_2"): text for name, text in A_CHILD.items()}

    visit(desk, REFER, **{**WHOLE, **second, "children": "2"})

    (child,) = desk.events()["ReferralReceived"]["children"]
    assert child["given_name"] == "Marigoldine"


def test_consent_and_handing_on_follow_the_referral_and_name_the_same_incident() -> None:
    desk = ReferringDesk()
    said = {"to_cedah": "given", "to_checs": "could_not_ask", "to_mycwa": "refused", "method": "phone"}

    page = visit(desk, REFER, **WHOLE, **said)

    events = desk.events()
    assert list(events) == ["ReferralReceived", "ConsentRecorded", "ReferredOn"]
    assert {each["incident"] for each in events.values()} == {f"refer-{PRESS}"}
    assert events["ConsentRecorded"]["consent"] == {
        "cedah": "given", "checs": "could_not_ask", "mycwa": "refused",
    }  # fmt: skip
    assert events["ReferredOn"]["facts"]["to"] == ["cedah", "checs"]
    assert events["ReferredOn"]["victim"] == events["ReferralReceived"]["victim"]
    assert "Consent for Mycwa: they refuse" in page.text


def test_without_a_word_about_another_agency_nothing_is_recorded_of_one() -> None:
    desk = ReferringDesk()

    page = visit(desk, REFER, **WHOLE)

    assert list(desk.events()) == ["ReferralReceived"]
    assert "No other agency is asked to act on it yet" in page.text


def test_an_agency_is_not_asked_whether_to_hand_on_to_itself() -> None:
    assert 'name="to_cedah"' not in visit(ReferringDesk(agency="cedah"), REFER).text
    assert 'name="to_cedah"' in visit(ReferringDesk(), REFER).text


@pytest.mark.parametrize(
    ("changed", "place", "text"),
    [
        ({"source": "health"}, "source", "never just health"),
        ({"phone": "01632 960999", "referrer_phone": "+44 1632 960999"}, "phone", "own phone number stands"),
        ({"referrer_name": "Quenivaldra Thornwickle"}, "given_name", "own name stands"),
        (dict.fromkeys(("safe_phone", "safe_post", "safe_email"), ""), "safe_phone", "phone is safe to use"),
        ({"born-day": "31", "born-month": "2"}, "born", "Enter a real date"),
        ({"source": "Bramblewick @ Crewe"}, "source", "use letters"),
        ({"postcode": "C" * 41}, "postcode", "longer than 40"),
    ],
)
def test_what_the_door_sends_back_stands_at_its_question_and_nothing_typed_is_lost(
    changed: dict[str, str], place: str, text: str
) -> None:
    desk = ReferringDesk()

    page = visit(desk, REFER, **{**WHOLE, **changed})

    assert (page.status_code, desk.events()) == (422, {})
    assert any(text in part.partition("</a>")[0] for part in page.text.split(f'href="#{place}">')[1:])
    assert f'id="{place}-error"' in page.text or f'id="{place}-parts-error"' in page.text
    assert [typed for typed in {**WHOLE, **changed}.values() if typed and typed not in page.text] == []


def test_of_nobody_and_without_danger_everything_that_is_missing_is_said_at_once() -> None:
    desk = ReferringDesk()

    page = visit(desk, REFER, **SHOWN)

    assert (page.status_code, desk.events()) == (422, {})
    named = (
        "came",
        "given_name",
        "safe_phone",
        "safe_email",
        "safe_post",
        "said_by",
        "risk",
        "children_known",
    )
    places = [page.text.find(f'<a href="#{name}">') for name in named]
    assert -1 not in places
    assert places == sorted(places)
    assert "facts." not in page.text
    assert "contact.safe" not in page.text


@pytest.mark.parametrize(
    "danger",
    [
        {"risk": "high"},
        {"level": "safeguarding"},
        {"child_1_given_name": "Marigoldine"},
        {"born-day": "1", "born-month": "9", "born-year": "2012"},
    ],
    ids=["at high risk", "a child safeguarding concern", "a child is named", "under 16"],
)
def test_who_is_in_danger_never_waits_for_the_form(danger: dict[str, str]) -> None:
    desk = ReferringDesk()

    page = visit(desk, REFER, **SHOWN, **danger)

    assert page.status_code == 200
    assert "victim" in desk.events()["ReferralReceived"]
    for text in ("Choose whether the phone is safe to use", "First name of the adult victim: not given"):
        assert text in page.text
    assert "told at once" in page.text


@pytest.mark.parametrize(
    ("unreadable", "gone"),
    [
        ({"born-day": "31", "born-month": "2", "born-year": "1990"}, ("victim", "date_of_birth")),
        ({"source": "Bramblewick @ Crewe"}, ("facts", "referral_source")),
        ({"postcode": "C" * 41}, ("contact", "postcode")),
    ],
)
def test_what_cannot_be_read_of_somebody_in_danger_is_left_out_and_asked_for_again(
    unreadable: dict[str, str], gone: tuple[str, str]
) -> None:
    desk = ReferringDesk()

    page = visit(desk, REFER, **{**WHOLE, "risk": "high", **unreadable})

    referral = desk.events()["ReferralReceived"]
    assert page.status_code == 200
    assert gone[1] not in referral[gone[0]]
    assert "it could not be read, and was left out" in page.text
    assert [typed for typed in unreadable.values() if f'value="{typed}"' not in page.text] == []


def test_a_text_that_is_too_long_is_kept_as_far_as_it_goes_where_nobody_may_wait() -> None:
    desk = ReferringDesk()

    visit(desk, REFER, **{**WHOLE, "risk": "high", "text": "a" * 20_001})

    assert desk.events()["ReferralReceived"]["referral"]["text"] == "a" * 20_000


def test_children_that_are_said_to_be_none_and_named_are_not_dropped() -> None:
    desk = ReferringDesk()

    page = visit(desk, REFER, **{**WHOLE, **A_CHILD, "children_known": "no"})

    referral = desk.events()["ReferralReceived"]
    assert (len(referral["children"]), referral["facts"]["children"]) == (1, "early_help")
    assert "Choose yes, or take out what is said of children" in page.text


def test_after_sending_the_page_says_what_was_kept_and_names_nobody() -> None:
    desk = ReferringDesk()

    page = visit(desk, REFER, **WHOLE)

    assert "<title>Referral kept" in " ".join(page.text.split()).replace("<title> ", "<title>")
    for line in ("What is known of the adult victim", "What is safe: phone", "Risk: Medium"):
        assert line in page.text
    assert "Do not contact the adult victim by post and email" in page.text
    assert "To be put right" not in page.text
    assert [
        name for name in ("Quenivaldra", "Thornwickle", "960111", "Quickthorn") if name in page.text
    ] == []


def test_the_same_form_sent_twice_is_one_referral_and_what_is_put_right_joins_it() -> None:
    desk = ReferringDesk()

    for risk in ("medium", "medium", "standard"):
        visit(desk, REFER, **{**WHOLE, "risk": risk})

    first, again, changed = (body for _, body in desk.told)
    assert first == again
    assert changed["id"] != first["id"]
    assert changed["incident"] == first["incident"]


def test_a_consent_that_was_not_taken_is_told_and_the_referral_stands() -> None:
    class Refusing(ReferringDesk):
        async def tell(self, request: object, path: str, body: Mapping[str, Any]) -> Given:
            if body["type"] == "ReferralReceived":
                return await ReferringDesk.tell(self, request, path, body)
            return Given(422, {"reasons": []})

    page = visit(Refusing(), REFER, **WHOLE, to_cedah="given", method="phone")

    assert "Referral kept" in page.text
    assert "was not recorded" in page.text
    assert "was not handed on" in page.text


def test_no_reason_of_the_door_is_said_in_the_words_of_systems() -> None:
    said = {**SHOWN, "risk": "high", "source": "health", "nhs": "123", "child_1_given_name": "Marigoldine"}

    page = text_of(visit(ReferringDesk(), REFER, **said))

    assert [word for word in ("facts.", "contact.safe", "given_name is", "/victim") if word in page] == []


def test_the_way_to_it_stands_on_every_page_of_who_may_refer_and_of_nobody_else() -> None:
    for agency in PARTNERSHIP.publishers():
        for person in PARTNERSHIP.people_of(agency):
            visitor = Visitor(
                person=person.id, name=person.name, agency=agency, title=agency, role=person.role
            )
            shown = "/refer" in {way["href"] for way in ways(visitor, "/")}

            assert shown == may_refer(agency)


def test_the_inbox_leads_to_it_where_the_agency_may_refer() -> None:
    assert 'href="/refer"' in visit(ReferringDesk(), "/inbox").text
    assert 'href="/refer"' not in visit(ReferringDesk(agency="police"), "/inbox").text
