"""A row in an inbox as a practitioner reads it."""

from datetime import date
from typing import Any

from services.projections.pages.entries import Entry, by_incident, entries, openable
from services.projections.pages.opened import identity, parts, reach
from services.projections.pages.words import GROUNDS, KINDS, REASONS, TYPES, section
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Ground, Reason, ReleaseKind


def a_row(seq: int = 1, **fields: Any) -> dict[str, Any]:
    usual = {
        "release_id": f"release-{seq}",
        "kind": "new",
        "event_id": f"event-{seq}",
        "event_type": "VpaReviewed",
        "ground": "high-risk",
        "source": "police",
        "sections": ["victim", "children[0]", "children[1]"],
    }
    return {**usual, "seq": seq, **fields}


def read(*rows: dict[str, Any]) -> tuple[Entry, ...]:
    return entries(list(rows), lambda agency: agency.title())


def test_every_code_has_words() -> None:
    assert set(TYPES) == set(EventType)
    assert set(KINDS) == set(ReleaseKind)
    assert set(GROUNDS) == set(Ground)
    assert set(REASONS) == set(Reason)


def test_one_line_says_from_whom_and_on_what_ground() -> None:
    (entry,) = read(a_row())

    assert entry.summary == "From Police. You are told because the adult victim's reviewed risk is high."


def test_what_is_expected_is_said_even_where_it_is_nothing() -> None:
    asked, unasked = read(a_row(expects="contact within 5 working days"), a_row(2))

    assert asked.expected == "Contact within 5 working days."
    assert unasked.expected == "Nothing is expected of you."


def test_a_recall_says_why_and_opens_nothing() -> None:
    found = read(a_row(1), a_row(2, kind="recalled", event_id="event-1", reason="withdrawn", sections=[]))

    assert found[1].summary == "Recalled because consent was withdrawn."
    assert openable(found) == frozenset()


def test_what_was_corrected_or_taken_back_is_said_to_be_owed_no_more_in_a_sentence() -> None:
    found = read(a_row(1), a_row(2, kind="recalled", event_id="event-1", reason="not-owed", sections=[]))

    assert found[1].summary.startswith(
        "Recalled because your agency is not owed it after all: it was corrected"
    )


def test_only_the_last_word_on_an_event_is_opened() -> None:
    found = read(a_row(1), a_row(2, kind="changed", event_id="event-1"), a_row(3))

    assert openable(found) == {"release-2", "release-3"}


def test_a_correction_closes_every_earlier_form_and_no_other_event() -> None:
    found = read(
        a_row(1, event_type="VpaRaised"),
        a_row(2, event_type="CaseOpened"),
        a_row(3),
        a_row(4, event_type="VpaCorrected", kind="corrected"),
    )

    assert openable(found) == {"release-2", "release-4"}


def test_children_are_counted_as_people_count() -> None:
    shown = [section(name) for name in ("children[0]", "children[1]", "dash")]

    assert shown == ["Child 1", "Child 2", "DASH"]


def test_the_identity_bar_names_the_adult_victim_before_anyone_else() -> None:
    opened = {
        "children[0]": {"given_name": "Marigoldine", "family_name": "Thornwickle"},
        "victim": {"given_name": "Quenivaldra", "family_name": "Thornwickle", "date_of_birth": "1991-04-17"},
    }

    found = identity(opened, date(2024, 4, 16))

    assert found is not None
    assert (found.role, found.name, found.date_of_birth, found.age) == (
        "Adult victim",
        "Quenivaldra Thornwickle",
        "1991-04-17",
        32,
    )


def test_contact_is_told_by_channel_and_never_as_a_bare_number() -> None:
    contact = {"phone": "07700 900123", "safe": {"phone": "no", "said_by": "adult victim"}}

    (part,) = parts({"contact": contact}, str)

    assert [line.value for line in part.lines] == ["adult victim"]
    assert [(channel.value, channel.safe) for channel in part.channels if channel.name == "phone"] == [
        ("07700 900123", False)
    ]


def test_what_was_told_of_a_person_stands_incident_by_incident_the_last_heard_of_first() -> None:
    told = by_incident(
        read(
            a_row(1, incident="one", occurred_at="2024-09-02T10:00:00Z"),
            a_row(2, incident="two"),
            a_row(3, incident="one", occurred_at="2024-09-01T10:00:00Z"),
            a_row(4),
        )
    )

    assert [(each.alias, each.began, [entry.seq for entry in each.entries]) for each in told] == [
        ("one", "2024-09-01T10:00:00Z", [3, 1]),
        ("two", None, [2]),
    ]


def test_what_was_told_of_a_person_says_which_of_it_is_the_last_word() -> None:
    (told,) = by_incident(
        read(a_row(1, incident="one", event_type="VpaRaised"), a_row(2, incident="one", kind="changed"))
    )

    assert told.standing == {"release-2"}


def test_a_birthday_makes_a_person_a_year_older_on_the_day_and_what_is_no_day_no_age() -> None:
    ages = [
        getattr(identity({"victim": {"date_of_birth": born}}, date(2024, 4, 17)), "age", "nobody")
        for born in ("1991-04-17", "1991-04-18", "2030-01-01", "spring")
    ]

    assert ages == [33, 32, None, None]


def test_how_somebody_may_be_reached_is_said_by_channel_with_who_said_so() -> None:
    safe = {"phone": "yes", "post": "no", "said_by": "adult victim", "phone_monitored": "not_known"}

    found = reach({"contact": {"phone": "07700 900123", "safe": safe}})

    assert found is not None
    assert [(line.label, line.value) for line in found.channels] == [
        ("Phone", "Yes"),
        ("Post", "No: the person said this is not safe"),
        ("Email", "No: it is not known whether this is safe"),
    ]
    assert (found.said_by, found.hours, found.monitored) == ("adult victim", None, "Not known")
    assert "07700" not in str(found)


def test_a_phone_that_may_be_monitored_is_said_to_be_no_way_to_reach_anybody() -> None:
    contact = {"phone": "07700 900123", "safe": {"phone": "yes", "phone_monitored": "yes"}}

    found = reach({"contact": contact})

    assert found is not None
    assert found.channels[0].value == "No: the phone may be monitored"


def test_a_way_that_is_safe_and_leads_nowhere_says_so() -> None:
    found = reach({"contact": {"safe": {"phone": "yes"}}})

    assert found is not None
    assert found.channels[0].value == "Yes, but none is recorded"
