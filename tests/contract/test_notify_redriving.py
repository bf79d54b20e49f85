"""What notify set aside is read again, and what the door refused is said again: each once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from services.eventlog.errors import Moved
from services.eventlog.records import Record, Stored
from services.eventlog.redriver import Changed, Plan, Whom
from services.eventlog.trial import Says
from services.notify.store import outbox
from services.notify.store.aside import Aside
from services.notify.worker.publishing import Publisher
from services.notify.worker.redriving import DOOR
from services.runtime.database import reading
from services.vocabulary.agencies import topic_of
from tests.notify_builders import SCHOOL, Child, Front, Notify, answering

LEAD = Whom(agency="police", person="p-hub-lead")
TOPIC = topic_of(SCHOOL)
BROKEN = b"no release"
BEN = Child(name="Benjaminder")


@pytest.fixture
def notify(database_url: str) -> Notify:
    return Notify(url=database_url)


@pytest.fixture
def front() -> Front:
    return Front()


@pytest.fixture
def url(front: Front) -> Iterator[str]:
    with answering(front) as url:
        yield url


def publish(notify: Notify, url: str) -> None:
    Publisher(engine=notify.engine, door=url, token=lambda: "token", signals=notify.signals).step()


def planned(notify: Notify, topic: str = TOPIC) -> Plan:
    plan = notify.again().plan(topic)
    assert plan is not None
    return plan


def do_again(notify: Notify, topic: str = TOPIC) -> None:
    notify.again().redrive(planned(notify, topic), LEAD)
    notify.rest()


def set_aside(notify: Notify, topic: str = TOPIC) -> None:
    """Have a record come that nobody can read."""
    notify.log.writer().append(topic, [Record(key=b"k", value=BROKEN)])
    notify.rest()


def mend(notify: Notify, topic: str, offset: int, value: bytes) -> None:
    """Make a record readable, as a reader does that has learnt its schema: what it holds is what it held."""
    held: list[Stored] = notify.log._topics[topic, 0]
    held[offset] = held[offset]._replace(value=value)


def attended_unread(notify: Notify) -> None:
    """Police attend twice; of the first, the school's release cannot be read, so neither is planned."""
    notify.police_attended({SCHOOL: [Child()]}, number=1, occurrence=1)
    good = notify.log._topics[TOPIC, 0][0].value
    mend(notify, TOPIC, 0, BROKEN)
    notify.rest()
    notify.police_attended({SCHOOL: [BEN]}, number=2, occurrence=2)
    notify.rest()
    mend(notify, TOPIC, 0, good)


def test_a_school_behind_an_unread_release_is_told_nothing(notify: Notify) -> None:
    attended_unread(notify)

    assert notify.messages() == ()
    assert Aside(notify.engine).found().aside == {TOPIC: {0: "undecodable"}}


def test_who_is_held_back_is_still_known_after_a_kill_with_since_when(notify: Notify) -> None:
    attended_unread(notify)
    since = notify.follower.waiting[SCHOOL]
    notify.at(since + timedelta(minutes=5))

    notify.worker = notify.started()

    assert notify.follower.waiting == {SCHOOL: since}


def test_nobody_is_held_back_once_it_was_read_again(notify: Notify) -> None:
    attended_unread(notify)

    do_again(notify)

    assert notify.follower.waiting == {}
    assert notify.started() is not None
    assert notify.follower.waiting == {}


def test_read_again_both_messages_are_planned(notify: Notify) -> None:
    attended_unread(notify)
    plan = planned(notify)

    do_again(notify)

    assert plan.trial is not None
    assert plan.trial.counts == {Says.APPLIED: 2}
    assert len(notify.messages()) == 2
    assert Aside(notify.engine).found().aside == {}


def test_what_was_planned_meanwhile_is_not_planned_twice(notify: Notify) -> None:
    set_aside(notify)
    notify.police_attended({SCHOOL: [Child()]})
    notify.rest()

    plan = planned(notify)
    do_again(notify)

    assert plan.trial is not None
    assert plan.trial.counts == {Says.UNREADABLE: 1, Says.HELD: 1}
    assert len(notify.messages()) == 1
    assert notify.said() == ["planned", "delivered"]


def test_an_opening_that_is_read_again_is_written_down_once(notify: Notify) -> None:
    set_aside(notify, "openings")
    notify.police_attended({SCHOOL: [Child()]})
    notify.rest()
    (message,) = notify.messages()
    notify.open(SCHOOL, message.release_id)
    notify.rest()

    plan = planned(notify, "openings")
    do_again(notify, "openings")

    assert plan.trial is not None
    assert plan.trial.counts == {Says.UNREADABLE: 1, Says.TAKEN: 1}
    assert notify.said().count("opened") == 1


def test_a_follower_of_old_memory_skips_nothing_after_another_has_read_again(notify: Notify) -> None:
    attended_unread(notify)
    asleep = notify.worker
    notify.worker = notify.started()
    do_again(notify)
    notify.police_attended({SCHOOL: [Child(name="Corianderly")]}, number=3, occurrence=3)

    while asleep.step():
        pass

    assert len(notify.messages()) == 3


def refuse_planned(notify: Notify, front: Front, url: str) -> None:
    """The door takes all but the first thing said."""
    notify.police_attended({SCHOOL: [Child()]})
    notify.rest()
    front.refuses = "planned"
    publish(notify, url)


def test_what_the_door_refused_is_said_again_with_the_same_bytes(
    notify: Notify, front: Front, url: str
) -> None:
    refuse_planned(notify, front, url)
    plan = planned(notify, DOOR)
    front.refuses = ""

    do_again(notify, DOOR)
    publish(notify, url)

    assert plan.trial is not None
    assert [(one.was, one.says) for one in plan.trial.tried] == [("recipient", Says.SENT)]
    assert front.heard[1] == front.heard[0][:1]
    assert notify.again().plan(DOOR) is None


def test_what_is_refused_again_stays_and_says_how_often_it_was_tried(
    notify: Notify, front: Front, url: str
) -> None:
    refuse_planned(notify, front, url)

    do_again(notify, DOOR)
    publish(notify, url)

    assert list(planned(notify, DOOR).times.values()) == [1]
    with reading(notify.engine) as conn:
        assert len(outbox.refused(conn)) == 1


def test_what_was_said_again_meanwhile_is_not_said_a_third_time(
    notify: Notify, front: Front, url: str
) -> None:
    refuse_planned(notify, front, url)
    again = notify.again()
    shown = planned(notify, DOOR)
    again.redrive(shown, LEAD)

    with pytest.raises((Moved, Changed)):
        again.redrive(shown, LEAD)

    assert len(Aside(notify.engine).found().redrives) == 1


def test_a_plan_that_is_not_what_stands_is_not_done(notify: Notify) -> None:
    attended_unread(notify)
    other = replace(planned(notify), id="0" * 32)

    with pytest.raises(Changed):
        notify.again().redrive(other, LEAD)

    assert notify.messages() == ()
