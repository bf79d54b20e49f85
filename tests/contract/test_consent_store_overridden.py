"""Of every override and decision not to share the ledger says who confirmed it, and whether it counts."""

from collections.abc import Sequence
from typing import Any

import pytest

from services.consent.keyring.asking import Order, Question, in_order
from services.consent.keyring.overridden import Now, may_serve, overridden_rows
from services.consent.keyring.stated import Stated
from services.consent.rules.reading import parse
from services.consent.state.heard import Heard
from services.consent.store.days import Days
from services.consent.store.lists import Against
from services.eventlog.topics import LOG
from services.vocabulary.events import EventType
from services.vocabulary.risk import ChildrenLevel, Risk
from tests.gate_builders import (
    HILLSIDE,
    STRICT,
    a_form,
    an_event,
    grades,
    internal,
    override,
    own_override,
    sealed,
)
from tests.office_builders import Office, rows

EARLY_HELP = grades(Risk.MEDIUM, ChildrenLevel.EARLY_HELP)


def not_to_share(**more: Any) -> Heard:
    return an_event(
        EventType.DECIDED_NOT_TO_SHARE, incident=internal("incident"), recipient="family-help", **more
    )


def listed(office: Office, *events: Heard) -> list[tuple[str | None, bool]]:
    """Return who confirmed each of these decisions about a form, and whether it counts."""
    office.bench.publish(a_form(of=EARLY_HELP, event_id="the form"), *events)
    office.bench.settle()
    return [(row["confirmed_by"], row["counts"]) for row in rows(office, "overridden")]


def was_told(office: Office) -> bool:
    """Say whether Family Help, which nobody consented for, was told of the form."""
    told = office.bench.output().releases.get("family-help") or ()
    return "the form" in {each.event_id for each in told}


def test_an_override_of_the_hubs_counts_by_itself(office: Office) -> None:
    assert listed(office, override("family-help")) == [(None, True)]
    assert was_told(office)


def test_one_of_childrens_services_counts_once_a_second_person_confirmed_it(office: Office) -> None:
    assert listed(office, own_override("family-help")) == [("p-second-2", True)]
    assert was_told(office)


@pytest.mark.parametrize("second", [None, "", " ", "p-sender-1", " P-Sender-1 "])
def test_one_that_no_second_person_confirmed_is_said_to_count_for_nothing(
    office: Office, second: str | None
) -> None:
    assert listed(office, own_override("family-help", confirmed_by=second)) == [(None, False)]
    assert not was_told(office)


def test_where_nobody_is_named_as_its_maker_there_is_no_second(office: Office) -> None:
    assert listed(office, own_override("family-help", publisher_person=None)) == [(None, False)]
    assert not was_told(office)


def test_one_of_an_agency_for_somebody_else_counts_for_nothing_whoever_confirmed_it(office: Office) -> None:
    theirs = override("family-help", publisher="checs", confirmed_by="p-second-2")

    assert listed(office, theirs) == [("p-second-2", False)]
    assert not was_told(office)


def test_a_decision_not_to_share_counts_once_a_second_person_confirmed_it(office: Office) -> None:
    alone, both = not_to_share(), not_to_share(confirmed_by="p-second-2")

    assert listed(office, override("family-help"), alone, both) == [
        (None, True),
        (None, False),
        ("p-second-2", True),
    ]


def test_a_sample_says_so_too(office: Office) -> None:
    listed(office, own_override("family-help"), own_override("family-help", confirmed_by=None))

    sampled = rows(office, "overridden", sample=2)

    assert [row["counts"] for row in sampled] == [True, False]


class Asked:
    """What the log would be asked for."""

    def __init__(self) -> None:
        self.offsets: list[int] = []

    def at(self, offsets: Sequence[int]) -> dict[int, Stated]:
        self.offsets += offsets
        return {}


FIVE = [
    Against(offset, f"event-{offset}", EventType.OVERRIDE_RECORDED, None, "dafsu", "police", "2024-09-02")
    for offset in range(5)
]


@pytest.mark.parametrize(
    ("order", "place", "read"),
    [
        (Order.AS_LISTED, "", [0, 1, 2]),
        (Order.NEWEST, "", [4, 3, 2]),
        (Order.AS_LISTED, in_order(2), [3, 4]),
        (Order.NEWEST, in_order(2), [1, 0]),
    ],
)
def test_the_log_is_read_for_the_rows_of_a_page_alone(order: Order, place: str, read: list[int]) -> None:
    asked = Asked()

    now = Now(None, lambda incident: None)
    list(overridden_rows(FIVE, asked, now, Question(days=Days(), order=order, limit=2), place))

    assert asked.offsets == read


def test_one_the_gate_could_not_read_is_listed_and_counts_for_nothing(office: Office) -> None:
    unreadable = sealed(override("family-help", confirmed_by="p-second-2"), expires_at="one day")
    office.bench.log.writer().append(LOG, [unreadable])

    assert listed(office) == [(None, False)]
    assert not was_told(office)


@pytest.mark.parametrize("recipient", ["cheshire-cares", f"school:{HILLSIDE}"])
def test_an_override_for_whom_no_rule_gives_anything_on_one_is_said_to_count_for_nothing(
    office: Office, recipient: str
) -> None:
    assert listed(office, override(recipient)) == [(None, False)]
    (row,) = rows(office, "overridden")
    assert row["serves"] is False


def test_one_that_may_serve_is_said_to_and_a_decision_not_to_share_is_no_override(office: Office) -> None:
    listed(office, override("family-help"), own_override("checs", confirmed_by=None), not_to_share())

    assert [row["serves"] for row in rows(office, "overridden")] == [True, True, None]


def test_one_that_gives_nothing_counts_where_it_ended_a_decision_not_to_share(office: Office) -> None:
    to = "cheshire-cares"
    against = an_event(
        EventType.DECIDED_NOT_TO_SHARE,
        incident=internal("incident"),
        recipient=to,
        confirmed_by="p-second-2",
    )
    too_early, of_another, ends_it = override(to), override(to, "another"), override(to)
    standard = a_form(of=grades(Risk.STANDARD), consent={to: "given"}, event_id="for cheshire cares")

    found = listed(office, standard, too_early, against, of_another, ends_it)

    assert [counts for _, counts in found] == [False, True, False, True]
    assert [each.kind for each in office.bench.output().releases[to]] == ["new", "recalled", "new"]


def test_without_a_policy_an_override_serves_nobody() -> None:
    assert not may_serve(None, "family-help")


def test_whom_only_rules_for_everybody_give_something_on_an_override_it_may_serve() -> None:
    policy = parse(STRICT.read_text())

    assert may_serve(policy, "housing")
    assert not may_serve(policy, "cheshire-cares")
