"""What notify says reaches the door in order and at least once, whatever the door does meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from services.notify.store import outbox
from services.notify.store.tables import OUTBOX
from services.notify.worker.keyring import Busy, Hidden, Keyring
from services.notify.worker.publishing import DoorShut, Publisher
from services.runtime.database import reading
from tests.notify_builders import SCHOOL, TUESDAY_NIGHT, Child, Front, Notify, answering, london


@pytest.fixture
def front() -> Front:
    return Front()


@pytest.fixture
def url(front: Front) -> Iterator[str]:
    with answering(front) as url:
        yield url


@pytest.fixture
def notify(tmp_path: Path) -> Notify:
    notify = Notify(url=f"sqlite:///{tmp_path / 'notify.db'}")
    notify.police_attended({SCHOOL: [Child()]})
    notify.rest()
    return notify


def publisher(notify: Notify, url: str) -> Publisher:
    return Publisher(engine=notify.engine, door=url, token=lambda: "token", signals=notify.signals)


def test_what_was_said_is_sent_in_order_as_service_notify(notify: Notify, front: Front, url: str) -> None:
    publisher(notify, url).step()

    (batch,) = front.heard
    assert [event["type"] for event in batch] == [
        "SchoolNotificationPlanned",
        "SchoolNotificationDelivered",
    ]
    assert front.tokens == ["Bearer token"]
    assert notify.pending() == 0


def test_a_door_that_is_busy_is_asked_again_with_the_same_words(
    notify: Notify, front: Front, url: str
) -> None:
    front.status = 503
    with pytest.raises(DoorShut):
        publisher(notify, url).step()

    front.status = 200
    publisher(notify, url).step()

    assert front.heard[0] == front.heard[1]
    assert notify.pending() == 0


def test_a_door_that_is_away_keeps_everything_waiting(notify: Notify) -> None:
    with pytest.raises(DoorShut):
        publisher(notify, "http://127.0.0.1:9").step()

    assert notify.said() == ["planned", "delivered"]


def test_an_event_the_door_will_not_have_is_set_aside_with_its_reason_and_the_rest_goes_on(
    notify: Notify, front: Front, url: str
) -> None:
    front.refuses = "planned"

    publisher(notify, url).step()

    with reading(notify.engine) as conn:
        assert [one.id.partition(":")[2] for one in outbox.refused(conn)] == ["planned"]
        assert "recipient" in str(conn.scalars(select(OUTBOX.c.refused)).first())
    assert notify.pending() == 0


def test_the_keyring_is_asked_for_one_release_with_a_purpose(front: Front, url: str) -> None:
    front.opens = {
        "children[0]": {
            "given_name": "Brindlewyck",
            "family_name": "Ostrovendale",
            "date_of_birth": "2016-03-04",
            "school_urn": "900101",
            "home_educated": None,
            "school_conflict": "unknown",
            "occurred_at": "2024-09-10T23:10:00+01:00",
        }
    }

    (child,) = Keyring(url, lambda: "token").children("release", ("children[0]",))

    assert front.heard == [
        {"release_id": "release", "sections": ["children[0]"], "purpose": "Operation Encompass planning"}
    ]
    assert (child.given_name, child.pupil.school_urn, child.occurred_at) == (
        "Brindlewyck",
        "900101",
        TUESDAY_NIGHT,
    )


def test_facts_say_how_many_children_and_when(front: Front, url: str) -> None:
    front.opens = {"facts": {"child_count": 3, "occurred_at": "2024-09-10T22:10:00Z"}}

    facts = Keyring(url, lambda: "token").facts("release")

    assert (facts.child_count, facts.occurred_at) == (3, london("2024-09-10 23:10"))


@pytest.mark.parametrize(("status", "error"), [(404, Hidden), (503, Busy), (500, Busy)])
def test_a_keyring_that_shows_nothing_is_told_from_one_that_is_busy(
    front: Front, url: str, status: int, error: type[Exception]
) -> None:
    front.status = status

    with pytest.raises(error):
        Keyring(url, lambda: "token").facts("release")


def test_a_keyring_that_opens_less_than_was_asked_for_has_shown_nothing(front: Front, url: str) -> None:
    with pytest.raises(Hidden):
        Keyring(url, lambda: "token").children("release", ("children[0]",))
