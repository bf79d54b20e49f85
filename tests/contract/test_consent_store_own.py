"""What an agency took back of its own, and whom it named: for whoever may open that, and nobody else."""

from typing import Any

from services.consent.state.heard import Heard
from services.eventlog.aliases import alias
from services.eventlog.topics import OPENINGS
from services.vocabulary.events import EventType
from services.vocabulary.risk import Risk
from tests.gate_builders import ALIAS_KEY, a_form, an_event, consent, grades, internal, retraction
from tests.office_builders import HUB, LEAD, PRACTITIONER, RESPONDER, Office, settled

HOSPITAL, LANDLORD = "hospital:RJN", "landlord:L1"
ANOTHER_LEAD = ("dafsu", "p-dafsu-1")


def handed_on(*to: str) -> Heard:
    """Return that CEDAH handed a referral on."""
    return an_event(
        EventType.REFERRED_ON,
        publisher="cedah",
        incident=internal("incident"),
        victim=internal("victim"),
        named=to,
    )


def restricted(*people: str) -> Heard:
    return an_event(
        EventType.ACCESS_RESTRICTED, incident=internal("incident"), victim=internal("victim"), people=people
    )


def asked(office: Office, who: tuple[str, str | None], of: Heard | None = None) -> Any:
    name = alias(ALIAS_KEY, internal("incident"), "incident", who[0])
    return office.ask(who, f"/v1/incidents/{name}/own" + (f"?event={of.event_id}" if of else ""))


def own(office: Office, who: tuple[str, str | None], of: Heard | None = None) -> list[dict[str, Any]]:
    found = asked(office, who, of)
    assert found.status_code == 200, found.text
    return list(found.json()["own"])


def test_the_publisher_is_told_whom_its_own_event_named(office: Office) -> None:
    event = handed_on(LANDLORD, "dafsu", HOSPITAL)
    settled(office, event)

    assert own(office, PRACTITIONER, event) == [
        {
            "event_id": event.event_id,
            "names": ["dafsu", HOSPITAL, LANDLORD],
            "taken_back": [],
            "from_everybody": False,
        }
    ]


def test_nobody_is_told_whom_anothers_event_named(office: Office) -> None:
    event = handed_on(HOSPITAL)
    settled(office, a_form(of=grades(Risk.HIGH)), event, consent({"dafsu": "given"}))

    assert own(office, HUB, event) == []
    assert own(office, ANOTHER_LEAD, event) == []


def test_who_else_was_told_of_it_is_not_said(office: Office) -> None:
    event = a_form(of=grades(Risk.HIGH))
    settled(office, event)

    (row,) = own(office, HUB, event)

    assert row["names"] == []


def test_what_was_taken_back_from_some_names_them_without_being_asked_about(office: Office) -> None:
    first, second = handed_on(HOSPITAL, "dafsu"), handed_on("dafsu")
    settled(office, first, second, retraction(first, "dafsu"), retraction(first, HOSPITAL))

    (row,) = own(office, PRACTITIONER)

    assert (row["event_id"], row["taken_back"]) == (first.event_id, ["dafsu", HOSPITAL])
    assert row["from_everybody"] is False


def test_what_was_taken_back_from_everybody_says_so(office: Office) -> None:
    event = handed_on(HOSPITAL)
    settled(office, event, retraction(event))

    (row,) = own(office, PRACTITIONER)

    assert (row["taken_back"], row["from_everybody"]) == ([], True)


def test_a_form_that_was_taken_back_is_told_to_the_hub(office: Office) -> None:
    form = a_form(of=grades(Risk.HIGH))
    settled(office, form, retraction(form))

    assert [row["from_everybody"] for row in own(office, HUB)] == [True]
    assert own(office, ANOTHER_LEAD) == []


def test_where_it_is_restricted_to_others_it_looks_as_if_nothing_was_taken_back(office: Office) -> None:
    event = handed_on(HOSPITAL)
    settled(office, event, retraction(event), restricted(LEAD[1]))

    assert own(office, PRACTITIONER, event) == []
    assert len(own(office, LEAD, event)) == 1


def test_a_first_responder_and_nobody_in_particular_are_told_nothing(office: Office) -> None:
    form = a_form(of=grades(Risk.HIGH))
    settled(office, form, retraction(form))

    assert own(office, RESPONDER, form) == []
    assert asked(office, ("police", None), form).status_code == 404


def test_an_incident_that_is_not_the_callers_is_not_there(office: Office) -> None:
    settled(office, handed_on(HOSPITAL))

    assert office.ask(LEAD, "/v1/incidents/nothing/own").status_code == 404


def test_asking_opens_nothing(office: Office) -> None:
    event = handed_on(HOSPITAL)
    settled(office, event)

    own(office, PRACTITIONER, event)

    assert office.bench.log.reader({}).end(OPENINGS) == 0
