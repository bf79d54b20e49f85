"""The matrix of publishers by event types: only the permitted ones pass (design 10)."""

from pathlib import Path

import pytest

from services.eventlog.catalogue_files import load_catalogue
from tests.door_builders import NOBODY, Event, OpenDoor, example, open_door

VPA = {"VpaRaised", "VpaReviewed", "VpaCorrected"}
CONSENT = {"ConsentRecorded", "ConsentWithdrawn"}
REFERRALS = {
    "ReferralReceived",
    "ReferralTriaged",
    "ReferralAllocated",
    "ReferredOn",
    "ContactAttempted",
    "ConsultationGiven",
    "ReferralClosed",
}
MARAC = {
    "MaracReferred",
    "MaracAccepted",
    "MaracEnded",
    "MaracListed",
    "MaracHeard",
    "RepeatIdentified",
    "MaracActionAgreed",
    "MaracActionCompleted",
    "MaracTransferred",
}
ACCOMMODATION = {"AccommodationRequested", "AccommodationProvided", "AccommodationDeclined"}
PROTECTION = {"DvdsRequested", "DvdsDecided", "DvpnIssued", "DvpoGranted"}
MEETING = {"MeetingListed", "MeetingDiscussed"}
ANSWERS = {
    "ActionCompleted",
    "ExpectationMet",
}
CASES = {
    *REFERRALS,
    "CaseOpened",
    "CaseClosed",
    "PractitionerAllocated",
    "SafetyPlanRecorded",
    "SupportStarted",
    "SupportFinished",
    "MaracReferred",
    "ResearchContributed",
    "MaracActionCompleted",
    "EventRetracted",
    *ANSWERS,
    *CONSENT,
}
FRONT_DOORS = {
    *CASES,
    "ChildCaseStatus",
    "DecidedNotToShare",
}
CHILDRENS_SERVICES = {*FRONT_DOORS, "OverrideRecorded"}
PLACING = {*CASES, *ACCOMMODATION}
SPECIALIST = {*PLACING, "DashRedone"}
SENT = {
    f"SchoolNotification{name}" for name in ("Planned", "Sent", "Delivered", "Failed", "Opened", "Escalated")
}
HUB = {
    *VPA,
    *CONSENT,
    "DashRedone",
    "OverrideRecorded",
    "DecidedNotToShare",
    "EventRetracted",
    "RolesReviewed",
    "AccessRestricted",
    "AccessRestored",
    *MARAC,
    *PROTECTION,
    *MEETING,
    *ANSWERS,
}
EDUCATION = {
    "PupilMoved",
    *ANSWERS,
}
PARTNERSHIP = {
    "PolicyAdopted",
    "AgreementSigned",
    "AgreementEnded",
    "RecipientJoined",
    "RecipientSuspended",
    "RecipientResumed",
    "BackfillOrdered",
    "PersonsLinked",
    "PersonsUnlinked",
    "LegalHoldPlaced",
    "LegalHoldLifted",
    "ErasureOrdered",
    "ErasureStopped",
    "SampleDrawn",
    "CaseAudited",
    "ActionRaised",
    "ActionCompleted",
    "ReviewCommissioned",
}

MATRIX: dict[str, set[str]] = {
    "police": HUB,
    "cedah": SPECIALIST,
    "dafsu": SPECIALIST,
    "checs": CHILDRENS_SERVICES,
    "family-help": CHILDRENS_SERVICES,
    "adult-social-care": FRONT_DOORS,
    "cheshire-cares": {*CASES, "DashRedone"},
    "mycwa": PLACING,
    "health-0-19": CASES,
    "probation": CASES,
    "cgl": CASES,
    "housing": PLACING,
    "youth-justice": CASES,
    "rasasc": CASES,
    "fire": CASES,
    "emergency-duty-team": {"ExpectationMet"},
    "education": EDUCATION,
    "partnership": PARTNERSHIP,
    "school:900101": {"SchoolNotificationAcknowledged"},
    "ingest": {"TimePassed"},
    "notify": SENT,
    "consent": set(),
    "keyring": {"PersonErased"},
    "projections": set(),
    "audit": set(),
    "console": set(),
}

INSTANCES = {
    "hospital:RJN": {*CASES, "DashRedone"},
    "gp:N81001": CASES,
    "landlord:17": {"ExpectationMet"},
    "area:E06000050": {"ExpectationMet"},
}
"""Recipients by instance that the demonstration registers none of."""

EVERYTHING = set[str]().union(*MATRIX.values())


def an_example(name: str, agency: str) -> Event:
    """Return the example of a type; an override as an agency may record it, if any: for itself."""
    event = example(name)
    if name == "OverrideRecorded" and agency != "police":
        event["facts"]["recipient"] = agency
    return event


def permitted(door: OpenDoor, agency: str, person: str | None = None) -> set[str]:
    """Return the types that are not refused for want of authority."""
    events = [an_example(name, agency) for name in sorted(EVERYTHING)]
    who = {} if person is None else {"person": person}
    results = door.publisher.publish(events, agency, **who).json()["results"]
    refused = {"authority" in [reason["rule"] for reason in result["reasons"]] for result in results}
    assert refused <= {True, False}
    return {
        event["type"]
        for event, result in zip(events, results, strict=True)
        if "authority" not in [reason["rule"] for reason in result["reasons"]]
    }


@pytest.mark.parametrize("agency", MATRIX)
def test_only_the_permitted_types_pass(agency: str, tmp_path: Path) -> None:
    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}") as door:
        assert permitted(door, agency) == MATRIX[agency]


@pytest.mark.parametrize("instance", INSTANCES)
def test_an_instance_may_publish_what_its_category_may(instance: str) -> None:
    catalogue = load_catalogue()

    assert {name for name in EVERYTHING if catalogue.event(name).permits(instance)} == INSTANCES[instance]


def test_the_matrix_names_everyone_registered(tmp_path: Path) -> None:
    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}") as door:
        assert set(door.partnership.recipients()) <= set(MATRIX)
        assert set(door.catalogue.types()) == EVERYTHING


def test_a_first_responder_raises_and_records_consent_and_nothing_else(tmp_path: Path) -> None:
    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}") as door:
        assert permitted(door, "police", "p-responder-3") == {"VpaRaised", *CONSENT}


def test_a_practitioner_of_the_hub_does_what_the_hub_does(tmp_path: Path) -> None:
    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}") as door:
        assert permitted(door, "police", "p-hub-2") == HUB


def test_the_system_of_police_signs_for_the_hub_where_it_names_nobody(tmp_path: Path) -> None:
    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}") as door:
        assert permitted(door, "police", NOBODY) == HUB


def test_the_first_person_of_police_raises_and_reviews(tmp_path: Path) -> None:
    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}") as door:
        answer = door.publisher.publish([example("VpaRaised"), example("VpaReviewed")])

        assert [result["status"] for result in answer.json()["results"]] == ["accepted", "accepted"]


def test_what_is_refused_for_authority_is_not_in_the_log(tmp_path: Path) -> None:
    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}") as door:
        answer = door.publisher.publish(example("VpaRaised"), "dafsu")

        assert answer.status_code == 422
        assert door.stored() == []
