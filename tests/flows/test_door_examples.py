"""Every event has an example that the door accepts from its publisher, on both databases."""

from pathlib import Path

import pytest

from services.eventlog.aliases import alias
from services.vocabulary.events import ABOUT_PERSONS
from tests.door_builders import Event, OpenDoor, example, open_door

PUBLISHER = {
    "VpaRaised": "police",
    "VpaReviewed": "police",
    "VpaCorrected": "police",
    "DashRedone": "cheshire-cares",
    "ConsentRecorded": "cheshire-cares",
    "ConsentWithdrawn": "cheshire-cares",
    "OverrideRecorded": "police",
    "RolesReviewed": "police",
    "AccessRestricted": "police",
    "AccessRestored": "police",
    "DecidedNotToShare": "checs",
    "EventRetracted": "cedah",
    "ReferralReceived": "mycwa",
    "ReferralTriaged": "cedah",
    "ReferralAllocated": "cedah",
    "ReferredOn": "cedah",
    "ContactAttempted": "cheshire-cares",
    "ConsultationGiven": "cedah",
    "ReferralClosed": "cedah",
    "CaseOpened": "dafsu",
    "CaseClosed": "dafsu",
    "PractitionerAllocated": "dafsu",
    "ChildCaseStatus": "checs",
    "SafetyPlanRecorded": "dafsu",
    "SupportStarted": "mycwa",
    "SupportFinished": "mycwa",
    "MaracReferred": "dafsu",
    "MaracAccepted": "police",
    "ResearchContributed": "housing",
    "MaracEnded": "police",
    "MaracListed": "police",
    "MaracHeard": "police",
    "RepeatIdentified": "police",
    "MaracActionAgreed": "police",
    "MaracActionCompleted": "housing",
    "MaracTransferred": "police",
    "AccommodationRequested": "dafsu",
    "AccommodationProvided": "mycwa",
    "AccommodationDeclined": "mycwa",
    "DvdsRequested": "police",
    "DvdsDecided": "police",
    "DvpnIssued": "police",
    "DvpoGranted": "police",
    "MeetingListed": "police",
    "MeetingDiscussed": "police",
    "PupilMoved": "education",
    "SchoolNotificationPlanned": "notify",
    "SchoolNotificationSent": "notify",
    "SchoolNotificationDelivered": "notify",
    "SchoolNotificationFailed": "notify",
    "SchoolNotificationOpened": "notify",
    "SchoolNotificationEscalated": "notify",
    "SchoolNotificationAcknowledged": "school:900101",
    "SampleDrawn": "partnership",
    "CaseAudited": "partnership",
    "ActionRaised": "partnership",
    "ActionCompleted": "cedah",
    "ReviewCommissioned": "partnership",
    "PolicyAdopted": "partnership",
    "AgreementSigned": "partnership",
    "AgreementEnded": "partnership",
    "RecipientJoined": "partnership",
    "RecipientSuspended": "partnership",
    "RecipientResumed": "partnership",
    "BackfillOrdered": "partnership",
    "PersonsLinked": "partnership",
    "PersonsUnlinked": "partnership",
    "LegalHoldPlaced": "partnership",
    "LegalHoldLifted": "partnership",
    "ErasureOrdered": "partnership",
    "ErasureStopped": "partnership",
    "PersonErased": "keyring",
    "TimePassed": "ingest",
    "ExpectationMet": "dafsu",
}


def for_publishing(door: OpenDoor, event_type: str) -> Event:
    """Return an example; where it needs aliases of an incident or of persons, those of one just raised."""
    event = example(event_type)
    if event_type.startswith("SchoolNotification"):
        door.publisher.publish(example("VpaRaised"))
        incident = door.opened()[0].routing["incident"]
        event["incident"] = alias(door.secrets.alias, incident, "incident", "school:900101")
    if event_type == "EventRetracted":
        door.publisher.publish({**example("ReferredOn"), "id": event["corrects"]}, PUBLISHER[event_type])
    if event_type in ABOUT_PERSONS:
        door.publisher.publish(example("VpaRaised"))
        routing = door.opened()[0].routing
        persons = (routing["victim"], routing["person_causing_harm"])[: len(event["facts"]["persons"])]
        to = PUBLISHER[event_type]
        event["facts"]["persons"] = [alias(door.secrets.alias, person, "person", to) for person in persons]
    return event


def test_every_event_type_has_an_example(tmp_path: Path) -> None:
    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}") as door:
        assert set(PUBLISHER) == set(door.catalogue.types())


@pytest.mark.parametrize("event_type", PUBLISHER)
def test_an_example_is_accepted_from_its_publisher(
    event_type: str, tmp_path: Path, database_url: str
) -> None:
    with open_door(tmp_path / "data", database_url) as door:
        answer = door.publisher.publish(for_publishing(door, event_type), PUBLISHER[event_type])

        assert answer.status_code == 201, answer.text
        assert door.opened()[-1].type == event_type


def test_no_example_lacks_anything(tmp_path: Path) -> None:
    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}") as door:
        lacking = {name: defects(door, name, publisher) for name, publisher in PUBLISHER.items()}

        assert {name: found for name, found in lacking.items() if found} == {}


def defects(door: OpenDoor, event_type: str, publisher: str) -> list[str]:
    """Return where an accepted example wants mending."""
    (result,) = door.publisher.publish(for_publishing(door, event_type), publisher).json()["results"]
    assert result["status"] in ("accepted", "duplicate")
    return [defect["pointer"] for defect in result["defects"]]
