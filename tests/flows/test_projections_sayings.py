"""What an agency says of an incident: every problem at once, what was typed is kept, said twice is one."""

import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any

import pytest

from services.projections.pages.consents import CONSENTED, ENDED, UNKNOWN
from services.projections.pages.sayings import consent_form, referral_form
from tests.inbox_builders import Given, OneDesk, Person, a_case, a_row, visit
from tests.referring_builders import AN_INCIDENT, ReferringDesk

CONSENT = "/incidents/alias/say/consent"
REFERRAL = "/incidents/alias/say/referral"
PRESS = "0" * 32
SAID = {
    "recipient": "cheshire-cares",
    "answer": "given",
    "method": "phone",
    "purpose": "support",
    "press": PRESS,
}
REFERRED = {
    "direction": "on", "to": "mycwa", "client": "person_causing_harm", "risk": "medium", "children": "none",
    "safe_phone": "yes", "safe_post": "no", "safe_email": "not_known", "said_by": "adult victim",
    "press": PRESS,
}  # fmt: skip
RECEIVED = {**REFERRED, "direction": "received", "source": "Macclesfield Hospital"}


def test_a_consent_is_an_event_about_the_incident_by_its_alias_in_the_persons_name() -> None:
    desk = OneDesk([a_case()])

    pressed = visit(desk, CONSENT, **SAID)

    ((path, event),) = desk.told
    assert (pressed.status_code, path, event["type"]) == (303, "/v1/events", "ConsentRecorded")
    assert (event["incident"], event["consent"]) == ("alias", {"cheshire-cares": "given"})
    assert (event["facts"]["method"], event["facts"]["taken_by"]) == ("phone", "p-dafsu-1")


def test_a_consent_says_what_it_is_for_and_holds_to_the_end_of_its_last_day() -> None:
    desk = OneDesk([a_case()])
    last_day = {"ends_on-day": "9", "ends_on-month": "6", "ends_on-year": "2025"}

    visit(desk, CONSENT, **{**SAID, "purpose": "research", **last_day})

    ((_, event),) = desk.told
    assert (event["facts"]["purpose"], event["facts"]["expires_at"]) == ("research", "2025-06-09T23:00:00Z")


def test_a_consent_without_a_last_day_has_no_end() -> None:
    desk = OneDesk([a_case()])

    visit(desk, CONSENT, **SAID)

    ((_, event),) = desk.told
    assert event["facts"]["expires_at"] is None


def test_who_confirms_a_consent_is_one_of_the_registered_of_the_agency() -> None:
    desk = OneDesk([a_case()], others=[("p-dafsu-2", "Wrenquilla Keenthistle")])

    asked = visit(desk, CONSENT).text
    pressed = visit(desk, CONSENT, **SAID, confirmed_by="p-dafsu-2")

    ((_, event),) = desk.told
    assert re.search(r'<option value="p-dafsu-2"\s*>Wrenquilla Keenthistle</option>', asked)
    assert (pressed.status_code, event["facts"]["confirmed_by"]) == (303, "p-dafsu-2")


@pytest.mark.parametrize("others", [[], [("p-dafsu-2", "Wrenquilla Keenthistle")]])
def test_nobody_else_is_taken_for_who_confirms_a_consent(others: list[tuple[str, str]]) -> None:
    desk = OneDesk([a_case()], others=others)

    page = visit(desk, CONSENT, **SAID, confirmed_by="staff-0602")

    assert (page.status_code, desk.told) == (422, [])
    assert '<a href="#confirmed_by">Choose one of the list</a>' in page.text


@pytest.mark.parametrize("year", ["2025", "9999"])
def test_a_last_day_that_is_none_is_kept_as_typed_and_asked_for_again(year: str) -> None:
    desk = OneDesk([a_case()])
    typed = {"ends_on-day": "31", "ends_on-month": "6" if year == "2025" else "12", "ends_on-year": year}

    page = visit(desk, CONSENT, **{**SAID, **typed})

    assert (page.status_code, desk.told) == (422, [])
    assert '<a href="#ends_on">Enter a real date, such as 27 3 1984</a>' in page.text
    assert f'value="{year}"' in page.text


def test_only_a_consent_that_is_given_has_an_end() -> None:
    desk = OneDesk([a_case()])
    last_day = {"ends_on-day": "9", "ends_on-month": "6", "ends_on-year": "2025"}

    page = visit(desk, CONSENT, **{**SAID, "answer": "refused", **last_day})

    assert (page.status_code, desk.told) == (422, [])
    assert 'href="#ends_on"' in page.text


@pytest.mark.parametrize(
    ("releases", "said"),
    [
        ([a_row(1)], UNKNOWN),
        ([a_row(1, ground="consent")], CONSENTED),
        ([a_row(1, ground="consent"), a_row(2, ground="own")], CONSENTED),
        ([a_row(1, ground="consent"), a_row(2, ground="high-risk", kind="changed")], UNKNOWN),
        ([a_row(1, ground="consent"), a_row(2, kind="recalled", reason="withdrawn")], ENDED["withdrawn"]),
        ([a_row(1, ground="consent"), a_row(2, kind="recalled", reason="ended")], ENDED["ended"]),
        ([a_row(1, ground="marac"), a_row(2, kind="recalled", reason="ended")], UNKNOWN),
    ],
)
def test_the_form_for_a_consent_says_what_is_recorded_of_the_agency_s_own(
    releases: list[dict[str, Any]], said: str
) -> None:
    page = visit(OneDesk([a_case(*releases)]), CONSENT)

    assert f"{said}." in page.text
    assert "about another agency is not told to yours" in page.text


class HubDesk(OneDesk):
    """The Hub's desk, where the keyring says who may see what of an incident."""

    def visitor(self, request: object) -> Person:
        return Person(agency="police", person="p-hub-1", role="lead")

    async def ask(
        self, request: Any, path: str, query: Mapping[str, str | int | Sequence[str]] | None = None
    ) -> Given:
        if not path.endswith("/sharing"):
            return await OneDesk.ask(self, request, path, query)
        rows = [
            {"recipient": "cheshire-cares", "outcome": "permit", "ground": "consent", "sections": ["facts"]},
            {"recipient": "cedah", "outcome": "deny", "reason": "withdrawn", "sections": []},
            {"recipient": "school:*", "outcome": "deny", "reason": "not-owed", "sections": []},
        ]
        return Given(200, {"sharing": rows})


def test_the_form_for_a_consent_tells_the_hub_what_stands_for_each_agency_that_is_asked_about() -> None:
    page = visit(HubDesk([a_case()]), CONSENT)

    lines = re.findall("<dt[^>]*>([^<]*)</dt>\\s*<dd[^>]*>([^<]*)</dd>", page.text)
    assert lines == [
        ("Cheshire-Cares", "The adult victim consented."),
        ("Cedah", "Consent was withdrawn."),
    ]


def test_a_consent_withdrawn_is_an_event_of_its_own() -> None:
    desk = OneDesk([a_case()])

    visit(desk, CONSENT, **{**SAID, "answer": "withdrawn"})

    ((_, event),) = desk.told
    assert (event["type"], event["consent"]) == ("ConsentWithdrawn", {"cheshire-cares": "withdrawn"})


def test_a_referral_handed_on_says_to_whom_whose_help_it_is_and_what_is_safe() -> None:
    desk = OneDesk([a_case()])

    visit(desk, REFERRAL, **REFERRED)

    ((_, event),) = desk.told
    assert (event["type"], event["facts"]["to"]) == ("ReferredOn", ["mycwa"])
    assert event["facts"]["client"] == "person_causing_harm"
    assert event["contact"]["safe"] == {
        "phone": "yes", "post": "no", "email": "not_known", "said_by": "adult victim",
    }  # fmt: skip


def test_a_referral_that_came_says_from_which_organisation_and_on_which_day() -> None:
    desk = OneDesk([a_case()])

    visit(desk, REFERRAL, **RECEIVED)

    ((_, event),) = desk.told
    assert event["type"] == "ReferralReceived"
    assert "client" not in event["facts"]
    assert (event["facts"]["referral_source"], event["facts"]["received_on"]) == (
        "Macclesfield Hospital",
        "2024-09-09",
    )


def test_the_same_form_pressed_twice_says_one_thing_and_a_changed_one_another() -> None:
    desk = OneDesk([a_case()])

    for answer in ("given", "given", "refused"):
        visit(desk, CONSENT, **{**SAID, "answer": answer})

    first, second, changed = (event["id"] for _, event in desk.told)
    assert first == second != changed


def test_everything_that_is_missing_is_said_at_once_and_linked_to_its_question() -> None:
    desk = OneDesk([a_case()])

    page = visit(desk, CONSENT, press=PRESS)

    assert (page.status_code, desk.told) == (422, [])
    for name in ("recipient", "answer", "method", "purpose"):
        assert f'href="#{name}"' in page.text
        assert f'id="{name}"' in page.text


@pytest.mark.parametrize(("direction", "missing"), [("received", "source"), ("on", "to"), ("on", "client")])
def test_a_referral_needs_its_other_end_and_one_that_is_handed_on_whose_help_it_is(
    direction: str, missing: str
) -> None:
    desk = OneDesk([a_case()])
    said = {**RECEIVED, "direction": direction, missing: ""}

    page = visit(desk, REFERRAL, **said)

    assert (page.status_code, desk.told) == (422, [])
    assert f'href="#{missing}"' in page.text


def at_the_door(agency: str = "dafsu") -> ReferringDesk:
    """Return a desk that holds an incident, before a door that judges by its own forms and rules."""
    return ReferringDesk([a_case()], agency=agency, known=AN_INCIDENT)


def problems_on(page: Any) -> dict[str, str]:
    """Return what a page says is wrong, by the question each leads to."""
    return dict(re.findall(r'<a href="#([^"]+)">([^<]+)</a>', unescape(page.text)))


def content_of(page: Any) -> str:
    """Return the words of a page between its header and its footer."""
    main = str(page.text).partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


OF_SYSTEMS = re.compile(r"\b[a-z]+(_[a-z]+)+\b|\b(facts|contact|consent|rationale)\.\w|(^|\s)/\w|`")
"""A field's name, a path to one, a JSON pointer, or a value as the door quotes it."""


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"source": "Health"}, {"source": "If it came to you: from which organisation: name the hospital"}),
        ({"source": "Macclesfield @ Hospital"}, {"source": "from which organisation: use letters"}),
        ({"text": "a" * 20_001}, {"text": "It must be 20000 characters or fewer"}),
        ({"phone": "0" * 150}, {"phone": "Phone number of the adult victim: longer than 100 characters"}),
    ],
)
def test_what_the_door_refuses_stands_at_its_question_in_words_and_what_was_typed_is_kept(
    changed: dict[str, str], said: dict[str, str]
) -> None:
    page = visit(at_the_door(), REFERRAL, **{**RECEIVED, "text": "A safe move", **changed})
    found = problems_on(page)

    assert page.status_code == 422
    assert set(found) == set(said)
    assert [name for name, text in said.items() if text not in found[name]] == []
    assert not OF_SYSTEMS.search(content_of(page))
    assert changed.get("text") or "A safe move</textarea>" in page.text


def test_every_reason_at_once_stands_at_its_question_and_of_none_at_the_first() -> None:
    reasons = [
        {"pointer": "/facts/referral_source", "rule": "named-organisation", "detail": "`Health`", "fix": "f"},
        {"pointer": "/contact/safe/phone", "rule": "safe-contact", "detail": "facts.safe", "fix": "f"},
        {"pointer": "/incident", "rule": "unknown-incident", "detail": "`VpaRaised`", "fix": "f"},
        {"pointer": "/facts/taken_by", "rule": "never-heard-of", "detail": "taken_by is odd", "fix": "f"},
    ]
    desk = OneDesk([a_case()], door=Given(422, {"reasons": reasons}))

    page = visit(desk, REFERRAL, **{**RECEIVED, "source": "Health"})

    for name, text in (
        ("source", "If it came to you: from which organisation: name the hospital"),
        ("safe_phone", "Choose whether the phone is safe to use"),
        ("direction", "Incident reference: nothing is known of it here"),
        ("direction", "Taken by: it was not taken as it stands"),
    ):
        assert f'<a href="#{name}">{text}' in page.text
    assert 'value="Health"' in page.text
    assert not OF_SYSTEMS.search(content_of(page))


def test_what_the_door_flags_in_a_referral_in_danger_is_told_in_words() -> None:
    desk = at_the_door()
    typed = {"direction": "received", "risk": "high", "source": "NHS", "safe_phone": "", "said_by": ""}

    visit(desk, REFERRAL, **typed, press=PRESS)
    after = content_of(visit(desk, "/incidents/alias"))

    assert "To be put right" in after
    assert "name the hospital, practice or service, never just health" in after
    assert not OF_SYSTEMS.search(after)


@pytest.mark.parametrize("danger", [{"risk": "high"}, {"children": "safeguarding"}])
@pytest.mark.parametrize("direction", [{"direction": "received"}, {"direction": "on", "to": "dafsu"}])
def test_who_is_in_danger_never_waits_for_what_is_missing(
    danger: dict[str, str], direction: dict[str, str]
) -> None:
    desk = OneDesk([a_case()])

    visit(desk, REFERRAL, **danger, **direction, press=PRESS)
    after = visit(desk, "/incidents/alias").text

    assert len(desk.told) == 1
    assert "Choose whether the phone is safe to use" in after
    assert ("Enter which organisation it came from" in after) == (direction["direction"] == "received")
    assert ("Choose whose help it is" in after) == (direction["direction"] == "on")


def test_in_danger_too_a_referral_says_to_whom_it_goes() -> None:
    desk = OneDesk([a_case()])

    page = visit(desk, REFERRAL, direction="on", risk="high", press=PRESS)

    assert (page.status_code, desk.told) == (422, [])
    assert page.text.count('href="#to"') == 1


FLAGGED = {
    "pointer": "/facts/confirmed_by",
    "rule": "second-person",
    "detail": "the sender confirmed their own record: it counts as recorded only",
    "fix": "name the other person who confirmed it",
}


def test_what_the_door_took_and_flagged_is_told_on_the_incident_once() -> None:
    taken = {"results": [{"status": "accepted", "reasons": [], "defects": [FLAGGED]}]}
    desk = OneDesk([a_case()], door=Given(201, taken))

    visit(desk, CONSENT, **SAID)
    after, later = visit(desk, "/incidents/alias").text, visit(desk, "/incidents/alias").text

    assert "To be put right" in after
    assert "Second person who confirms it: somebody else has to confirm it" in after
    assert "To be put right" not in later


def test_of_what_the_door_took_as_it_is_nothing_is_told() -> None:
    desk = OneDesk([a_case()], door=Given(201, {"results": [{"status": "accepted", "defects": []}]}))

    visit(desk, CONSENT, **SAID)

    assert "To be put right" not in visit(desk, "/incidents/alias").text


def test_nothing_is_said_of_an_incident_that_is_hidden_or_with_a_form_that_is_not_there() -> None:
    desk = OneDesk([a_case()])

    assert visit(desk, "/incidents/another/say/consent", **SAID).status_code == 404
    assert visit(desk, "/incidents/alias/say/override", **SAID).status_code == 404
    assert desk.told == []


def test_a_pointer_of_the_door_leads_to_a_question_that_is_asked() -> None:
    for form in (consent_form(str.title, {}), referral_form(str.title)):
        assert set(form.about.values()) <= {question.name for question in form.questions}
