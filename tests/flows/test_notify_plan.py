"""Given what is known, when a release, a silence or an answer comes, then what is kept and said."""

from datetime import date, timedelta

from services.notify import flow
from services.notify.flow import FIRST_RETRY, Outcome, as_event
from services.notify.rules.placement import Pupil
from services.notify.state import Mail, Notification, Refusal, Stage, Standing, Word, seen
from services.vocabulary.grounds import ReleaseKind
from tests.notify_builders import (
    AN_HOUR_LATER,
    BELL,
    HOUR_TO_PHONE,
    OTHER_SCHOOL,
    SCHOOL,
    TUESDAY_NIGHT,
    a_custom,
    an_office,
    london,
    opened,
    steps,
)

HOME = Pupil(home_educated=True)
GREYLISTED = Refusal(reason="smtp-451", permanent=False)
READ = Word(said_at=AN_HOUR_LATER)
NO_SUCH_BOX = Refusal(reason="smtp-550", permanent=True)


def planned(*children: str, email: bool = False) -> tuple[Notification, Outcome]:
    outcome = flow.plan(opened(*children), (), a_custom(email=email), AN_HOUR_LATER)
    return outcome.notifications[-1], outcome


def test_siblings_at_one_school_are_one_message_in_its_inbox_at_once() -> None:
    notification, outcome = planned("ana", "bea")

    assert (notification.children, notification.due_at) == (("ana", "bea"), BELL)
    assert notification.stage is Stage.DELIVERED
    assert steps(outcome) == ["planned", "delivered"]


def test_the_same_release_always_plans_the_same_message_and_says_it_under_the_same_ids() -> None:
    _, once = planned("ana")
    _, again = planned("ana")

    assert once == again
    assert len({said.id for said in once.said}) == 2


def test_one_occurrence_at_two_schools_is_two_messages() -> None:
    here = flow.plan(opened("ana"), (), a_custom(), AN_HOUR_LATER)
    there = flow.plan(opened("bea", to=OTHER_SCHOOL), (), a_custom(), AN_HOUR_LATER)

    assert here.notifications[0].id != there.notifications[0].id


def test_mail_goes_with_a_message_where_the_school_has_mail() -> None:
    notification, outcome = planned("ana", email=True)

    assert outcome.mails == (
        Mail(notification=notification.id, school=SCHOOL, attempts=0, next_at=AN_HOUR_LATER),
    )
    assert planned("ana")[1].mails == ()


def test_a_message_planned_after_its_hour_is_phoned_at_once() -> None:
    now = london("2024-09-11 08:40")

    outcome = flow.plan(opened("ana", recorded_at=now), (), a_custom(), now)

    assert steps(outcome) == ["planned", "delivered", "escalated"]
    assert [(task.owner, task.reason, task.due_at) for task in outcome.tasks] == [
        ("p-education-2", "heard-too-late", BELL)
    ]


def test_history_is_in_the_inbox_marked_late_without_mail_or_phone_call() -> None:
    now = TUESDAY_NIGHT + timedelta(days=30)

    outcome = flow.plan(opened("ana", recorded_at=now), (), a_custom(email=True), now)

    assert steps(outcome) == ["planned", "delivered"]
    assert (outcome.notifications[0].late, outcome.notifications[0].due_at) == (True, BELL)
    assert (outcome.tasks, outcome.mails) == ((), ())


def test_a_later_form_tells_the_school_of_the_new_child_alone() -> None:
    first, _ = planned("ana")

    outcome = flow.plan(opened("ana", "bea", number=2), (first,), a_custom(), AN_HOUR_LATER)

    assert [one.children for one in outcome.notifications] == [("bea",)]


def test_a_later_form_with_no_new_child_says_nothing() -> None:
    first, _ = planned("ana")

    assert flow.plan(opened("ana", number=2), (first,), a_custom(), AN_HOUR_LATER) == Outcome()


def test_a_correction_supersedes_what_stood_and_is_told_anew() -> None:
    first, _ = planned("ana", "bea")

    outcome = flow.plan(
        opened("ana", number=2, kind=ReleaseKind.CORRECTED), (first,), a_custom(), AN_HOUR_LATER
    )

    assert [(one.standing, one.children) for one in outcome.notifications] == [
        (Standing.SUPERSEDED, ("ana", "bea")),
        (Standing.STANDS, ("ana",)),
    ]
    assert outcome.closed == outcome.cancelled == (first.id,)


def test_silence_until_the_hour_becomes_a_phone_call_with_an_owner() -> None:
    notification, _ = planned("ana")

    outcome = flow.ring(notification, "p-education-2", HOUR_TO_PHONE)

    assert [(said.step, said.owner, said.reason) for said in outcome.said] == [
        ("escalated", "p-education-2", "not-acknowledged")
    ]
    assert outcome.notifications[0].stage is Stage.ESCALATED


def test_nobody_is_phoned_a_moment_early_or_after_the_school_has_answered() -> None:
    notification, _ = planned("ana")
    heard = flow.acknowledge((seen(notification, AN_HOUR_LATER),), READ, AN_HOUR_LATER).notifications[0]

    assert flow.ring(notification, "p", HOUR_TO_PHONE - timedelta(microseconds=1)) == Outcome()
    assert flow.ring(heard, "p", HOUR_TO_PHONE) == Outcome()


def test_an_acknowledgement_closes_the_phone_call_and_calls_off_unsent_mail() -> None:
    notification, _ = planned("ana")

    outcome = flow.acknowledge((seen(notification, AN_HOUR_LATER),), READ, AN_HOUR_LATER)

    assert outcome.notifications[0].stage is Stage.ACKNOWLEDGED
    assert outcome.closed == outcome.cancelled == (notification.id,)


def test_an_acknowledgement_of_what_nobody_has_seen_calls_nothing_off() -> None:
    notification, _ = planned("ana")

    outcome = flow.acknowledge((notification,), READ, AN_HOUR_LATER)

    assert (outcome.closed, outcome.cancelled) == ((), ())
    assert outcome.notifications[0].awaits_phone


def test_what_was_acknowledged_unseen_is_answered_once_somebody_looks() -> None:
    notification, _ = planned("ana")
    unseen = flow.acknowledge((notification,), READ, AN_HOUR_LATER).notifications[0]

    outcome = flow.look(unseen, HOUR_TO_PHONE)

    assert steps(outcome) == ["opened"]
    assert outcome.notifications[0].stage is Stage.ACKNOWLEDGED
    assert outcome.closed == outcome.cancelled == (notification.id,)


def test_the_first_acknowledgement_counts() -> None:
    notification, _ = planned("ana")
    heard = flow.acknowledge((notification,), READ, AN_HOUR_LATER).notifications

    assert flow.acknowledge(heard, READ, BELL) == Outcome()


def test_an_acknowledgement_that_names_a_message_is_of_that_message_alone() -> None:
    first, _ = planned("ana")
    second = flow.plan(opened("bea", number=2), (first,), a_custom(), AN_HOUR_LATER).notifications[0]
    first, second = seen(first, AN_HOUR_LATER), seen(second, AN_HOUR_LATER)

    outcome = flow.acknowledge((first, second), Word(said_at=BELL, notification=second.id), AN_HOUR_LATER)

    assert outcome.closed == outcome.cancelled == (second.id,)


def test_an_acknowledgement_that_names_none_is_not_of_a_message_that_came_after_it() -> None:
    first, _ = planned("ana")
    second = flow.plan(opened("bea", number=2), (first,), a_custom(), HOUR_TO_PHONE).notifications[0]
    first, second = seen(first, AN_HOUR_LATER), seen(second, HOUR_TO_PHONE)

    outcome = flow.acknowledge((first, second), READ, BELL)

    assert outcome.closed == (first.id,)


def test_a_recall_withdraws_what_is_not_sent_and_marks_the_rest() -> None:
    notification, _ = planned("ana")
    listing = flow.list_children(
        opened("eve", to="education", pupils=(HOME,)), (), an_office(), AN_HOUR_LATER
    ).listings[0]

    outcome = flow.recall((notification,), (listing,))

    assert outcome.notifications[0].stage is Stage.RECALLED
    assert outcome.cancelled == (notification.id,)
    assert outcome.listings[0].standing is Standing.RECALLED


def test_a_mail_the_server_took_is_sent() -> None:
    notification, outcome = planned("ana", email=True)

    after = flow.mailed(outcome.mails[0], notification, AN_HOUR_LATER)

    assert steps(after) == ["sent"]
    assert (after.mails[0].next_at, after.notifications[0].sent_at) == (None, AN_HOUR_LATER)


def test_a_mail_the_server_put_off_is_tried_again_after_twice_as_long_each_time() -> None:
    notification, outcome = planned("ana", email=True)
    mail, waits = outcome.mails[0], []

    for _ in range(3):
        after = flow.mail_refused(mail, notification, GREYLISTED, AN_HOUR_LATER)
        mail = after.mails[0]
        assert mail.next_at is not None
        waits.append(mail.next_at - AN_HOUR_LATER)

    assert waits == [FIRST_RETRY, FIRST_RETRY * 2, FIRST_RETRY * 4]


def test_each_failed_mail_is_said_with_its_reason() -> None:
    notification, outcome = planned("ana", email=True)

    first = flow.mail_refused(outcome.mails[0], notification, GREYLISTED, AN_HOUR_LATER)
    second = flow.mail_refused(first.mails[0], notification, GREYLISTED, AN_HOUR_LATER)

    assert steps(first.then(second)) == ["failed-1", "failed-2"]
    assert {said.reason for said in first.said} == {"smtp-451"}


def test_a_mail_is_not_tried_again_after_the_bell_or_where_there_is_no_such_mailbox() -> None:
    notification, outcome = planned("ana", email=True)
    mail = outcome.mails[0]

    assert flow.mail_refused(mail, notification, GREYLISTED, BELL).mails[0].next_at is None
    assert flow.mail_refused(mail, notification, NO_SUCH_BOX, AN_HOUR_LATER).mails[0].next_at is None


def test_each_child_no_school_is_told_of_is_listed_with_a_reason_an_owner_and_a_clock() -> None:
    pupils = (HOME, Pupil(school_urn="900101", born=date(2016, 1, 1), conflict=True), None)

    outcome = flow.list_children(
        opened("eve", "fay", "gem", to="education", pupils=pupils), (), an_office(), AN_HOUR_LATER
    )

    assert [(one.child, one.reason, one.owner, one.due_at) for one in outcome.listings] == [
        ("eve", "home-educated", "p-education-1", london("2024-09-11 09:00")),
        ("fay", "conflict", "p-education-3", BELL),
        ("gem", "not-opened", "p-education-1", london("2024-09-11 09:00")),
    ]


def test_a_listed_child_is_listed_once_and_anew_by_a_correction() -> None:
    first = flow.list_children(
        opened("eve", to="education", pupils=(HOME,)), (), an_office(), AN_HOUR_LATER
    ).listings
    again = opened("eve", to="education", pupils=(HOME,), number=2)
    corrected = opened("eve", to="education", pupils=(HOME,), number=2, kind=ReleaseKind.CORRECTED)

    assert flow.list_children(again, first, an_office(), AN_HOUR_LATER) == Outcome()
    anew = flow.list_children(corrected, first, an_office(), AN_HOUR_LATER)
    assert [one.standing for one in anew.listings] == [Standing.SUPERSEDED, Standing.STANDS]


def test_what_is_said_holds_codes_counts_and_times_and_nobody() -> None:
    notification, outcome = planned("ana", "bea")

    assert as_event(outcome.said[0]) == {
        "type": "SchoolNotificationPlanned",
        "id": f"{notification.id}:planned",
        "occurred_at": "2024-09-10T23:10:00+00:00",
        "incident": f"incident-of-{SCHOOL}",
        "recipient": SCHOOL,
        "facts": {
            "notification": notification.id,
            "about": "event-1",
            "due_at": "2024-09-11T07:45:00+00:00",
            "children": 2,
            "late": False,
        },
    }
