"""The real door takes everything that notify can say, and knows the school's own alias again."""

from dataclasses import replace
from pathlib import Path

from services.eventlog.aliases import alias
from services.notify import flow
from services.notify.flow import Said, as_event
from services.notify.state import Attempt, Reached, Refusal, SpokenTo
from tests.door_builders import NOW, OpenDoor, example, later, open_door
from tests.notify_builders import SCHOOL, a_custom, an_office, opened


def everything_said(incident: str) -> list[Said]:
    """Return one event of each kind, about the school's alias of an incident."""
    release = replace(opened("ana"), incident=incident, occurred_at=NOW, recorded_at=NOW)
    planned = flow.plan(release, (), a_custom(email=True), NOW)
    notification, mail = planned.notifications[0], planned.mails[0]
    put_off = flow.mail_refused(mail, notification, Refusal(reason="smtp-451", permanent=False), NOW)
    after = (
        put_off,
        flow.mailed(mail, notification, NOW),
        flow.ring(notification, "p-education-2", later(48)),
    )
    return [said for outcome in (planned, *after) for said in outcome.said]


def an_incident_known_to_the_school(door: OpenDoor) -> tuple[str, str]:
    """Let the police raise a VPA; return the incident's internal id and the school's alias of it."""
    door.publisher.publish(example("VpaRaised"))
    incident = str(door.opened()[-1].routing["incident"])
    return incident, alias(door.secrets.alias, incident, "incident", SCHOOL)


def test_the_door_takes_every_step_of_the_ladder_for_the_schools_own_incident(tmp_path: Path) -> None:
    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}") as door:
        incident, known_as = an_incident_known_to_the_school(door)
        door.clock.advance(later(48))

        answer = door.publisher.publish([as_event(said) for said in everything_said(known_as)], "notify")

        assert [result["status"] for result in answer.json()["results"]] == ["accepted"] * 5, answer.text
        assert {(one.routing["incident"], one.routing["recipient"]) for one in door.opened()[1:]} == {
            (incident, SCHOOL)
        }


def test_said_again_after_a_crash_it_is_a_duplicate_and_not_a_second_event(tmp_path: Path) -> None:
    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}") as door:
        _, known_as = an_incident_known_to_the_school(door)
        batch = [as_event(said) for said in everything_said(known_as)[:2]]
        door.publisher.publish(batch, "notify")

        again = door.publisher.publish(batch, "notify")

        assert [result["status"] for result in again.json()["results"]] == ["duplicate"] * 2
        assert len(door.stored()) == 3


def test_the_door_takes_a_schools_word_with_the_message_it_is_about(tmp_path: Path) -> None:
    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}") as door:
        _, known_as = an_incident_known_to_the_school(door)
        facts = {"notification": "0" * 32}
        event = {**example("SchoolNotificationAcknowledged"), "incident": known_as, "facts": facts}

        answer = door.publisher.publish(event, SCHOOL)

        assert answer.status_code == 201, answer.text
        assert door.opened()[-1].facts["notification"] == "0" * 32


def test_the_door_takes_what_came_of_a_call_to_the_council_s_lead(tmp_path: Path) -> None:
    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}") as door:
        incident, _ = an_incident_known_to_the_school(door)
        known_as = alias(door.secrets.alias, incident, "incident", "education")
        release = replace(opened("fay", to="education"), incident=known_as)
        (listing,) = flow.list_children(release, (), an_office(), NOW).listings
        called = flow.phoned(listing, told_the_lead(listing.id))

        answer = door.publisher.publish([as_event(said) for said in called.said], "notify")

        assert [result["status"] for result in answer.json()["results"]] == ["accepted"], answer.text
        assert (door.opened()[-1].routing["incident"], door.opened()[-1].routing["recipient"]) == (
            incident,
            "education",
        )


def told_the_lead(listing: str) -> Attempt:
    return Attempt(
        notification=listing,
        number=1,
        person="p-education-2",
        reached=Reached.SPOKE,
        spoken_to=SpokenTo.COUNCIL_LEAD,
        at=NOW,
    )
