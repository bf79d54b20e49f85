"""Whom an event is about: recognised on keyed tokens, or new; which incident, by reference or by alias."""

from pathlib import Path
from typing import Any

import pytest

from services.eventlog.aliases import alias
from tests.door_builders import Event, OpenDoor, Opened, example, open_door

NUMBERED = [{"scheme": "nhs", "value": "9990000042"}]
OTHER_NUMBER = [{"scheme": "nhs", "value": "9990000050"}]


def victim(**changes: object) -> dict[str, Any]:
    """Return an adult victim without an NHS number, unless one is given."""
    plain = {"given_name": "Quenivaldra", "family_name": "Thornwickle", "date_of_birth": "1991-04-17"}
    return {**plain, **changes}


def a_vpa(name: str, who: dict[str, Any] | None, **changes: object) -> Event:
    """Return a VPA of its own incident about this victim."""
    event = {**example("VpaRaised"), "id": name, "incident": name, **changes}
    if who is None:
        del event["victim"]
    else:
        event["victim"] = who
    return event


def after(door: OpenDoor, *events: Event, agency: str = "police") -> list[Opened]:
    """Publish events one after another and return them as the log has them."""
    for event in events:
        answer = door.publisher.publish(event, agency)
        assert answer.status_code == 201, answer.text
    return door.opened()


def victims(opened: list[Opened]) -> list[Any]:
    """Return the person id of each event's adult victim."""
    return [event.routing["victim"] for event in opened]


@pytest.fixture
def door(tmp_path: Path, database_url: str) -> Any:
    """An open door, on both databases."""
    with open_door(tmp_path / "data", database_url) as opened:
        yield opened


def test_the_same_name_and_birthday_is_the_same_person(door: OpenDoor) -> None:
    first, second = victims(after(door, a_vpa("1", victim()), a_vpa("2", victim(given_name="QUÉNIVALDRA "))))

    assert first == second


def test_another_birthday_is_another_person(door: OpenDoor) -> None:
    first, second = victims(after(door, a_vpa("1", victim()), a_vpa("2", victim(date_of_birth="1991-04-18"))))

    assert first != second


def test_an_nhs_number_recognises_somebody_under_another_name(door: OpenDoor) -> None:
    first = a_vpa("1", victim(identifiers=NUMBERED))
    second = a_vpa("2", victim(family_name="Harrowmintle", identifiers=NUMBERED))

    one, two = victims(after(door, first, second))

    assert one == two


def test_two_nhs_numbers_are_two_people_whatever_their_name(door: OpenDoor) -> None:
    first, second = a_vpa("1", victim(identifiers=NUMBERED)), a_vpa("2", victim(identifiers=OTHER_NUMBER))

    one, two = victims(after(door, first, second))

    assert one != two


def test_where_two_people_share_name_and_birthday_nobody_is_guessed(door: OpenDoor) -> None:
    first, second = a_vpa("1", victim(identifiers=NUMBERED)), a_vpa("2", victim(identifiers=OTHER_NUMBER))

    people = victims(after(door, first, second, a_vpa("3", victim())))

    assert len(set(people)) == 3


def test_an_nhs_number_learned_later_still_recognises(door: OpenDoor) -> None:
    events = (
        a_vpa("1", victim()),
        a_vpa("2", victim(identifiers=NUMBERED)),
        a_vpa("3", {"identifiers": NUMBERED}),
    )

    assert len(set(victims(after(door, *events)))) == 1


def test_an_nhs_number_that_does_not_hold_is_a_defect_and_recognises_nobody(door: OpenDoor) -> None:
    wrong = [{"scheme": "nhs", "value": "9990000043"}]
    event = a_vpa("1", {"identifiers": wrong})

    result = door.publisher.publish(event).json()["results"][0]
    after(door, a_vpa("2", {"identifiers": wrong}))

    assert ("/victim/identifiers", "nhs-number") in {(d["pointer"], d["rule"]) for d in result["defects"]}
    assert len(set(victims(door.opened()))) == 2


def test_people_of_one_batch_recognise_each_other(door: OpenDoor) -> None:
    door.publisher.publish([a_vpa("1", victim()), a_vpa("2", victim())])

    assert len(set(victims(door.opened()))) == 1


def test_a_victim_put_right_is_still_the_incident_s_victim(door: OpenDoor) -> None:
    first = a_vpa("1", victim())
    second = {**a_vpa("2", victim(date_of_birth="1991-04-18")), "incident": "1", "type": "VpaReviewed"}

    one, two = victims(after(door, first, second))

    assert one == two


def put_in_the_victims_place(door: OpenDoor, **who: object) -> list[Any]:
    """Return the adult victims of a raised form, and of its review with somebody described so."""
    first = a_vpa("1", victim())
    second = {**a_vpa("2", victim(**who)), "incident": "1", "type": "VpaReviewed"}
    return victims(after(door, first, second))


def test_another_name_with_another_birthday_is_another_person_in_the_victim_s_place(door: OpenDoor) -> None:
    one, two = put_in_the_victims_place(door, given_name="Ottoline", date_of_birth="2014-02-03")

    assert one != two


@pytest.mark.parametrize("who", [{"given_name": "Ottoline"}, {"given_name": "Ottoline", "date_of_birth": ""}])
def test_another_name_alone_is_the_victim_s_own_put_right(door: OpenDoor, who: dict[str, object]) -> None:
    one, two = put_in_the_victims_place(door, **who)

    assert one == two


def test_each_child_is_sealed_for_that_child(door: OpenDoor) -> None:
    event = after(door, a_vpa("1", victim()))[0]

    children = {child["person"] for child in event.children}
    assert len(children) == 2
    assert children == {child["person"] for child in event.routing["children"]}
    assert {c["leaf"]: c["person"] for c in event.children} == {
        c["leaf"]: c["person"] for c in event.routing["children"]
    }


def test_free_text_is_sealed_for_the_victim(door: OpenDoor) -> None:
    event = after(door, a_vpa("1", victim()))[0]

    for name in ("incident", "victim", "contact", "narrative", "dash"):
        assert event.persons[name] == event.routing["victim"]
    assert event.persons["person_causing_harm"] == event.routing["person_causing_harm"]
    assert event.persons["routing"] is event.persons["facts"] is None


def test_a_vpa_about_nobody_named_has_a_victim_all_the_same(door: OpenDoor) -> None:
    first, second = after(door, a_vpa("1", None), {**a_vpa("2", None), "incident": "1"})

    assert first.routing["victim"] is not None
    assert first.routing["victim"] == second.routing["victim"]
    assert first.routing["incident"] == second.routing["incident"]


def test_a_reference_is_its_publisher_s_own(door: OpenDoor) -> None:
    opened = {**example("CaseOpened"), "incident": "same"}

    after(door, a_vpa("same", victim()))
    after(door, opened, agency="dafsu")

    assert len({event.routing["incident"] for event in door.opened()}) == 2


def test_a_recipient_names_an_incident_by_its_alias(door: OpenDoor) -> None:
    incident = after(door, a_vpa("1", victim()))[0].routing["incident"]
    event = {**example("CaseOpened"), "incident": alias(door.secrets.alias, incident, "incident", "dafsu")}
    del event["victim"]

    opened = after(door, event, agency="dafsu")[-1]

    assert opened.routing["incident"] == incident
    assert opened.routing["victim"] == door.opened()[0].routing["victim"]


def test_another_recipient_s_alias_names_nothing(door: OpenDoor) -> None:
    incident = after(door, a_vpa("1", victim()))[0].routing["incident"]
    event = {**example("CaseOpened"), "incident": alias(door.secrets.alias, incident, "incident", "cedah")}
    del event["victim"]

    answer = door.publisher.publish(event, "dafsu")

    assert answer.status_code == 422
    assert [reason["rule"] for reason in answer.json()["reasons"]] == ["unknown-incident"]


def test_notify_uses_the_school_s_alias(door: OpenDoor) -> None:
    incident = after(door, a_vpa("1", victim()))[0].routing["incident"]
    event = example("SchoolNotificationPlanned")
    event["incident"] = alias(door.secrets.alias, incident, "incident", event["recipient"])

    opened = after(door, event, agency="notify")[-1]

    assert opened.routing["incident"] == incident
    assert opened.routing["recipient"] == "school:900101"


def test_a_withdrawal_that_names_no_incident_covers_all_of_that_person_s(door: OpenDoor) -> None:
    withdrawal = {**example("ConsentWithdrawn"), "victim": victim()}

    raised, withdrawn = after(door, a_vpa("1", victim()), withdrawal)

    assert withdrawn.routing["all_incidents"] is True
    assert withdrawn.routing["incident"] is None
    assert withdrawn.routing["victim"] == raised.routing["victim"]


def test_a_withdrawal_that_names_its_incident_covers_that_one(door: OpenDoor) -> None:
    withdrawal = {**example("ConsentWithdrawn"), "incident": "1", "victim": victim()}

    raised, withdrawn = after(door, a_vpa("1", victim()), withdrawal)

    assert withdrawn.routing["all_incidents"] is False
    assert withdrawn.routing["incident"] == raised.routing["incident"]


def test_a_correction_names_the_original_by_its_event_id(door: OpenDoor) -> None:
    correction = {**a_vpa("2", victim()), "incident": "1", "type": "VpaCorrected", "corrects": "1"}

    raised, corrected = after(door, a_vpa("1", victim()), correction)

    assert corrected.routing["corrects"] == raised.id


def test_a_correction_of_something_unknown_is_accepted_and_flagged(door: OpenDoor) -> None:
    correction = {**a_vpa("2", victim()), "type": "VpaCorrected", "corrects": "never-sent"}

    result = door.publisher.publish(correction).json()["results"][0]

    assert result["status"] == "accepted"
    assert "unknown-original" in {defect["rule"] for defect in result["defects"]}
    assert door.opened()[0].routing["corrects"] is None


def a_form_with(name: str, *children: dict[str, Any], of: str = "1") -> Event:
    """Return a VPA of an incident with these children."""
    return {**example("VpaRaised"), "id": name, "incident": of, "children": list(children)}


def a_child(**changes: object) -> dict[str, Any]:
    """Return a child with a name alone, unless more is given."""
    return {"given_name": "Marigoldine", "family_name": "Thornwickle", "school_urn": "900101", **changes}


def child_persons(opened: list[Opened]) -> list[list[str]]:
    """Return the person ids of each event's children."""
    return [[child["person"] for child in event.routing["children"]] for event in opened]


def test_a_child_known_by_name_alone_is_the_same_child_within_their_incident(door: OpenDoor) -> None:
    first, second = child_persons(after(door, a_form_with("1", a_child()), a_form_with("2", a_child())))

    assert first == second


def test_a_child_known_by_name_alone_is_nobody_known_in_another_incident(door: OpenDoor) -> None:
    other = a_form_with("2", a_child(), of="2")

    first, second = child_persons(after(door, a_form_with("1", a_child()), other))

    assert first != second


def test_a_birthday_that_comes_later_is_the_same_childs(door: OpenDoor) -> None:
    dated = a_child(date_of_birth="2015-03-02")

    first, second = child_persons(after(door, a_form_with("1", a_child()), a_form_with("2", dated)))

    assert first == second


def test_two_birthdays_are_two_children_whatever_they_are_called(door: OpenDoor) -> None:
    one, other = a_child(date_of_birth="2015-03-02"), a_child(date_of_birth="2016-03-02")

    first, second = child_persons(after(door, a_form_with("1", one), a_form_with("2", other)))

    assert first != second


def test_a_child_who_stands_twice_in_a_form_is_counted_once(door: OpenDoor) -> None:
    other = a_child(given_name="Peregrinian")

    (event,) = after(door, a_form_with("1", a_child(), a_child(), other))

    assert len(set(child_persons([event])[0])) == 2
    assert event.facts["child_count"] == 2


@pytest.mark.parametrize("order", [1, -1])
def test_a_child_named_once_with_and_once_without_a_birthday_is_one_child(door: OpenDoor, order: int) -> None:
    known = a_form_with("1", a_child(date_of_birth="2015-03-02"))
    twice = a_form_with("2", *[a_child(), a_child(date_of_birth="2015-03-02")][::order], of="2")

    _, event = after(door, known, twice)

    assert len(set(child_persons([event])[0])) == 1


def test_who_is_said_to_cause_the_harm_is_never_taken_for_the_adult_victim_with_details_put_right(
    door: OpenDoor,
) -> None:
    hers = a_vpa("1", victim())
    his = {
        **a_vpa("2", {"given_name": "Orrinvaldo", "family_name": "Thornwickle"}),
        "incident": "1",
        "person_causing_harm": victim(),
    }

    first, second = after(door, hers, his)

    assert second.routing["person_causing_harm"] == first.routing["victim"]
    assert second.routing["victim"] != first.routing["victim"]
