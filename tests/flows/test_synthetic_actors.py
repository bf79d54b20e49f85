"""Schools and agencies act on what they were released, and on nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from services.synthetic.actors import Agencies, Habit, Schools, habit
from services.synthetic.dated import Dated
from services.synthetic.moments import LONDON

SEED = 3
EIGHT = datetime(2024, 9, 10, 8, 0, tzinfo=LONDON)
HALF_PAST_TEN = datetime(2024, 9, 10, 10, 30, tzinfo=LONDON)


@dataclass
class Inboxes:
    """Doors that remember what was opened and published."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    opened: list[tuple[str, str, tuple[str, ...], str]] = field(default_factory=list)
    published: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def inbox(self, recipient: str, after: str | None) -> tuple[Sequence[dict[str, Any]], str | None]:
        start = int(after or 0)
        rows = self.rows.get(recipient, [])[start : start + 2]
        return rows, str(start + len(rows)) if rows else after

    def open(self, recipient, row, sections, purpose) -> Mapping[str, Any]:
        self.opened.append((recipient, row["release_id"], tuple(sections), purpose))
        return {"incident": {"reference": row["reference"]}}

    def publish(self, agency: str, event: Mapping[str, Any]) -> None:
        self.published.append((agency, event))


def schools_of(urn: str) -> Schools:
    """Return the schools, of which this one has had mail."""
    schools = Schools(seed=SEED, urns=[urn])
    schools.mail({"children": [{"school_urn": urn}, {"school_urn": "999999"}, {}]})
    return schools


def a_release(number: int, **changed: Any) -> dict[str, Any]:
    row = {
        "release_id": f"r{number}", "kind": "new", "incident": f"alias-{number}", "event_type": "VpaRaised",
        "sections": ["facts", "incident", "children[0]", "children[1]"], "reference": f"CE-{number}",
    }  # fmt: skip
    return row | changed


def school_that(does: Habit, day: date = EIGHT.date()) -> str:
    return next(urn for urn in map(str, range(900101, 900999)) if habit(SEED, urn, day) is does)


def test_a_prompt_school_opens_its_pupils_and_says_so_before_the_bell():
    urn = school_that(Habit.PROMPT)
    doors = Inboxes(rows={f"school:{urn}": [a_release(1), a_release(2), a_release(3)]})

    schools_of(urn).look(doors, EIGHT)

    assert {opened[2] for opened in doors.opened} == {("children[0]", "children[1]")}
    assert [(agency, event["incident"]) for agency, event in doors.published] == [
        (f"school:{urn}", f"alias-{n}") for n in (1, 2, 3)
    ]


def test_a_late_school_says_so_after_the_bell():
    urn = school_that(Habit.LATE)
    doors, schools = Inboxes(rows={f"school:{urn}": [a_release(1)]}), schools_of(urn)

    schools.look(doors, EIGHT)
    before = len(doors.published)
    schools.look(doors, HALF_PAST_TEN)

    assert (before, len(doors.published)) == (0, 1)


def test_a_school_that_never_looks_says_nothing_that_day():
    urn = school_that(Habit.NEVER)
    doors, schools = Inboxes(rows={f"school:{urn}": [a_release(1)]}), schools_of(urn)

    schools.look(doors, EIGHT)
    schools.look(doors, HALF_PAST_TEN)

    assert doors.published == []


def test_a_school_acknowledges_once():
    urn = school_that(Habit.PROMPT)
    doors, schools = Inboxes(rows={f"school:{urn}": [a_release(1)]}), schools_of(urn)

    schools.look(doors, EIGHT)
    schools.look(doors, HALF_PAST_TEN)

    assert len(doors.published) == 1


def test_a_school_s_own_word_that_comes_back_to_it_is_not_acknowledged():
    urn = school_that(Habit.PROMPT)
    own = a_release(1, event_type="SchoolNotificationAcknowledged", sections=["facts"])
    doors = Inboxes(rows={f"school:{urn}": [own]})

    schools_of(urn).look(doors, EIGHT)

    assert doors.published == []


def test_habits_follow_from_the_seed():
    days = [date(2024, 9, n) for n in range(1, 31)]

    habits = [habit(SEED, str(urn), day) for urn in range(900101, 900161) for day in days]

    assert habits == [habit(SEED, str(urn), day) for urn in range(900101, 900161) for day in days]
    assert 0.75 < habits.count(Habit.PROMPT) / len(habits) < 0.85
    assert set(habits) == set(Habit)


def a_case(about: str) -> Dated:
    event: dict[str, object] = {"type": "CaseOpened", "id": "case-1"}
    return Dated(at=EIGHT, agency="dafsu", event=event, about=about)


def test_an_agency_speaks_of_an_incident_by_its_own_alias():
    doors = Inboxes(
        rows={"dafsu": [a_release(1, event_type="VpaReviewed"), a_release(2, event_type="VpaReviewed")]}
    )

    said = Agencies().spoken(doors, a_case("CE-2"))

    assert said is not None
    assert said["incident"] == "alias-2"


def test_an_agency_that_was_not_told_has_nothing_to_say():
    assert Agencies().spoken(Inboxes(), a_case("CE-2")) is None


def test_an_event_under_the_publisher_s_own_reference_is_said_as_it_is():
    event: dict[str, object] = {"type": "VpaRaised", "incident": "CE-1"}
    dated = Dated(at=EIGHT, agency="police", event=event)

    assert Agencies().spoken(Inboxes(), dated) == event
