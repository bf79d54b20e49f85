"""Notify whole, on SQLite and PostgreSQL: from releases to messages, phone calls and a sum that adds up."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.eventlog.records import Record
from services.notify.rules.report import outcome_of
from services.notify.state import Refusal, Stage
from services.notify.store.tables import METADATA, RELEASES
from services.notify.worker.looking import LIMIT as LOOKED_AT_ONCE
from services.runtime.database import reading
from services.vocabulary.grounds import ReleaseKind
from tests.notify_builders import (
    AN_HOUR_LATER,
    BELL,
    HOUR_TO_PHONE,
    OTHER_SCHOOL,
    SCHOOL,
    TUESDAY_NIGHT,
    Child,
    Notify,
    london,
)

ANA, BEA, CAT = Child(name="Anaquillory"), Child(name="Beatrixaline"), Child(name="Catharinolda")
UNDATED = Child(name="Anaquillory", born=None)
EVE = Child(name="Evangelowyn", home_educated=True, school=None)


@pytest.fixture
def notify(database_url: str) -> Notify:
    return Notify(url=database_url)


@pytest.fixture
def mailing(database_url: str) -> Notify:
    return Notify(url=database_url, mail=True)


def test_every_child_of_an_occurrence_is_told_or_listed_and_the_row_adds_up(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA, BEA], OTHER_SCHOOL: [CAT], "education": [EVE]})

    notify.rest()

    (row,) = notify.report().rows
    assert (row.account.children, row.account.told, row.account.listed) == (4, 3, 1)
    assert (row.account.unaccounted, row.account.overcounted) == (0, 0)
    assert dict(notify.report().home_educated) == {"occurrences": 1, "children": 1}


def test_a_child_the_police_counted_and_nobody_was_told_of_shows(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA]}, counted=2)

    notify.rest()

    assert notify.report().total["unaccounted"] == 1


def test_an_occurrence_without_children_is_no_row(notify: Notify) -> None:
    notify.police_attended({}, counted=0)

    notify.rest()

    assert notify.report().rows == ()


def test_an_occurrence_counts_on_the_day_it_happened_in_london(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA]}, occurred_at=london("2024-09-12 00:20"))

    notify.rest()

    assert len(notify.report("2024-09-12", "2024-09-13").rows) == 1
    assert notify.report("2024-09-11", "2024-09-12").rows == ()


def test_a_review_that_names_the_same_children_changes_no_count(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA, BEA]})
    notify.police_attended({}, number=2, counted=2, event_type="VpaReviewed")

    notify.rest()

    assert notify.report().total["told"] == notify.report().total["children"] == 2


def test_a_child_found_at_review_is_one_more_and_told_by_a_message_of_its_own(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA]})
    notify.police_attended({SCHOOL: [BEA]}, number=2, counted=2, event_type="VpaReviewed")

    notify.rest()

    assert [len(one.children) for one in notify.messages()] == [1, 1]
    assert (notify.report().total["told"], notify.report().total["unaccounted"]) == (2, 0)


def test_one_child_at_two_schools_over_two_forms_is_counted_once(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA]})
    notify.police_attended({OTHER_SCHOOL: [ANA]}, number=2, event_type="VpaReviewed")

    notify.rest()

    assert notify.report().total["told"] == notify.report().total["children"] == 1


@pytest.mark.parametrize(
    ("released", "persons"),
    [
        ({SCHOOL: [ANA, ANA, BEA]}, 2),
        ({SCHOOL: [ANA], OTHER_SCHOOL: [ANA]}, 1),
        ({SCHOOL: [ANA, BEA], "education": [ANA, EVE, EVE]}, 3),
        ({SCHOOL: [UNDATED, UNDATED]}, 1),
        ({SCHOOL: [UNDATED], OTHER_SCHOOL: [ANA]}, 1),
        ({SCHOOL: [UNDATED, ANA], "education": [UNDATED]}, 1),
    ],
    ids=[
        "twice-in-one-form",
        "at-two-schools",
        "at-a-school-and-with-the-officer",
        "twice-by-name-alone",
        "at-two-schools-once-by-name-alone",
        "once-by-name-alone-at-a-school-and-with-the-officer",
    ],
)
def test_a_child_who_stands_twice_in_one_form_is_one_child_on_both_sides_of_the_sum(
    notify: Notify, released: dict[str, list[Child]], persons: int
) -> None:
    notify.police_attended(released, counted=persons)

    notify.rest()

    (row,) = notify.report().rows
    account = row.account
    assert account.children == account.told + account.escalated + account.listed == persons
    assert (account.unaccounted, account.overcounted) == (0, 0)


def test_a_correction_is_counted_by_what_it_says(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA, BEA]})
    notify.rest()
    notify.police_attended({SCHOOL: [ANA]}, number=2, event_type="VpaCorrected", kind=ReleaseKind.CORRECTED)

    notify.rest()

    (row,) = notify.report().rows
    assert (row.account.children, row.account.told, row.account.overcounted) == (1, 1, 0)
    assert sorted(outcome_of(one) for one in row.notifications) == ["superseded", "told"]


def test_children_of_a_form_that_is_taken_back_are_neither_counted_nor_told(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA], "education": [EVE]})
    notify.rest()

    notify.taken_back(1, SCHOOL, "education")
    notify.rest()

    assert notify.report().rows == ()


def test_what_is_taken_back_before_it_was_counted_is_never_counted(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA]})

    notify.taken_back(1, SCHOOL)
    notify.rest()

    assert notify.report().rows == ()


def test_a_pupil_told_of_anew_by_the_form_that_is_left_is_counted_once(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA, BEA]})
    notify.police_attended({}, number=2, counted=1, event_type="VpaReviewed")
    notify.rest()

    notify.taken_back(1)
    notify.told_anew(SCHOOL, 2, [ANA])
    notify.rest()

    (row,) = notify.report().rows
    assert (row.account.children, row.account.told) == (1, 1)
    assert (row.account.unaccounted, row.account.overcounted) == (0, 0)


def test_a_school_that_first_hears_by_a_late_correction_is_phoned(notify: Notify) -> None:
    notify.police_attended({OTHER_SCHOOL: [ANA]})
    notify.rest()
    notify.clock.advance(TUESDAY_NIGHT + timedelta(days=9))
    notify.police_attended({SCHOOL: [ANA]}, number=2, event_type="VpaCorrected")
    notify.recall(OTHER_SCHOOL, 1)

    notify.rest()

    (late,) = [one for one in notify.messages() if one.school == SCHOOL]
    assert (late.late, late.stage) == (True, Stage.ESCALATED)
    assert [call.task.reason for call in notify.calls()] == ["heard-too-late"]


def test_a_correction_of_what_was_history_from_the_first_is_history(notify: Notify) -> None:
    notify.clock.advance(TUESDAY_NIGHT + timedelta(days=8))
    notify.police_attended({OTHER_SCHOOL: [ANA]})
    notify.police_attended({SCHOOL: [ANA]}, number=2, event_type="VpaCorrected")

    notify.rest()

    assert {one.stage for one in notify.messages()} == {Stage.DELIVERED}
    assert notify.calls() == ()


def test_a_school_that_looked_and_acknowledged_is_not_phoned(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA]})
    notify.rest()
    notify.look(SCHOOL)
    notify.acknowledge(SCHOOL, 9)

    notify.at(BELL)

    assert notify.calls() == ()
    assert [one.stage for one in notify.messages()] == [Stage.ACKNOWLEDGED]
    assert notify.report().total["told"] == 1


def test_a_school_that_acknowledged_unseen_is_phoned_all_the_same(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA]})
    notify.rest()
    notify.acknowledge(SCHOOL, 9)
    notify.rest()
    (unseen,) = notify.messages()

    notify.at(HOUR_TO_PHONE)

    assert (unseen.stage, unseen.acknowledged_at) == (Stage.DELIVERED, AN_HOUR_LATER)
    assert [call.task.reason for call in notify.calls()] == ["not-acknowledged"]
    assert notify.report().total["escalated"] == 1


def test_a_school_that_acknowledged_and_looked_only_then_is_not_phoned(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA]})
    notify.rest()
    notify.acknowledge(SCHOOL, 9)
    notify.rest()
    notify.look(SCHOOL)

    notify.at(BELL)

    assert notify.calls() == ()
    assert [one.stage for one in notify.messages()] == [Stage.ACKNOWLEDGED]


def test_a_phone_call_is_owed_until_a_school_that_acknowledged_has_looked(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA]})
    notify.at(HOUR_TO_PHONE)
    notify.acknowledge(SCHOOL, 9)
    notify.rest()
    owed = len(notify.calls())

    notify.look(SCHOOL)
    notify.rest()

    assert (owed, notify.calls()) == (1, ())


def test_however_many_were_looked_at_in_one_moment_nobody_is_phoned_about_any(notify: Notify) -> None:
    for number in range(1, LOOKED_AT_ONCE + 2):
        notify.police_attended({SCHOOL: [ANA]}, number=number, occurrence=number)
        notify.rest()
        notify.acknowledge(SCHOOL, number + 1000, number)
    notify.rest()
    notify.clock.advance(HOUR_TO_PHONE)
    notify.look(SCHOOL)

    notify.rest()

    assert (notify.calls(), notify.pending()) == ((), len(notify.said()))


def test_a_school_that_looked_has_opened_its_message_and_is_phoned_all_the_same(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA]})
    notify.rest()
    notify.open(SCHOOL, notify.messages()[0].release_id)
    notify.rest()
    (opened,) = notify.messages()

    notify.at(HOUR_TO_PHONE)

    assert (opened.stage, opened.opened_at) == (Stage.OPENED, AN_HOUR_LATER)
    assert notify.said() == ["planned", "delivered", "opened", "escalated"]
    assert len(notify.calls()) == 1


def test_a_message_that_is_opened_again_was_opened_the_first_time(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA]})
    notify.rest()
    for moment in (AN_HOUR_LATER, london("2024-09-11 08:00")):
        notify.clock.advance(moment)
        notify.open(SCHOOL, notify.messages()[0].release_id)
        notify.rest()

    assert notify.messages()[0].opened_at == AN_HOUR_LATER
    assert notify.said() == ["planned", "delivered", "opened"]


def test_an_opening_that_is_heard_of_before_the_message_is_planned_is_not_lost(notify: Notify) -> None:
    release = notify.release(SCHOOL, 1, 1, ("children",))
    notify.open(SCHOOL, release)
    notify.rest()
    notify.police_attended({}, counted=1)
    notify.keyring.held[release] = (ANA.element(TUESDAY_NIGHT),)

    eventually_planned(notify)

    notify.rest()
    assert notify.messages()[0].stage is Stage.OPENED
    assert notify.pending() == len(notify.said())


def test_what_notify_opened_and_what_was_refused_is_no_opening_by_the_school(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA]})
    notify.rest()
    release = notify.messages()[0].release_id
    notify.open("notify", release, to=SCHOOL)
    notify.open(SCHOOL, release, refused=True)
    notify.open(OTHER_SCHOOL, release)

    notify.rest()

    assert notify.messages()[0].stage is Stage.DELIVERED
    assert notify.said() == ["planned", "delivered"]


def test_an_opening_that_cannot_be_read_is_set_aside_and_the_rest_goes_on(notify: Notify) -> None:
    notify.log.writer().append("openings", [Record(key=b"opening", value=b"[]")])
    notify.police_attended({SCHOOL: [ANA]})
    notify.rest()

    notify.open(SCHOOL, notify.messages()[0].release_id)
    notify.rest()

    assert notify.messages()[0].stage is Stage.OPENED


def test_a_school_that_is_silent_is_phoned_and_its_children_count_as_escalated(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA, BEA]})
    notify.rest()

    notify.at(HOUR_TO_PHONE)

    assert [(call.task.owner, call.notification.school) for call in notify.calls()] == [
        ("p-education-2", SCHOOL)
    ]
    assert (notify.report().total["escalated"], notify.report().total["told"]) == (2, 0)
    assert notify.said() == ["planned", "delivered", "escalated"]


def test_an_acknowledgement_after_the_phone_call_closes_it_and_the_child_stays_escalated(
    notify: Notify,
) -> None:
    notify.police_attended({SCHOOL: [ANA]})
    notify.rest()
    notify.at(HOUR_TO_PHONE)

    notify.look(SCHOOL)
    notify.acknowledge(SCHOOL, 9)
    notify.rest()

    assert notify.calls() == ()
    assert notify.report().total["escalated"] == 1


def test_an_acknowledgement_that_is_in_the_log_at_the_hour_is_heard_before_anybody_phones(
    notify: Notify,
) -> None:
    notify.police_attended({SCHOOL: [ANA]})
    notify.rest()
    notify.clock.advance(HOUR_TO_PHONE)
    notify.look(SCHOOL)
    notify.acknowledge(SCHOOL, 9)

    notify.rest()

    assert notify.calls() == ()


def test_a_message_the_school_has_not_read_is_still_phoned(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA]})
    notify.rest()
    (read,) = notify.messages()
    notify.police_attended({SCHOOL: [BEA]}, number=2, counted=2, event_type="VpaReviewed")
    notify.rest()
    notify.look(SCHOOL)
    notify.acknowledge(SCHOOL, 9, notification=read.id)

    notify.at(HOUR_TO_PHONE)

    assert [call.notification.event_id for call in notify.calls()] == ["event-2"]


def test_an_acknowledgement_said_before_a_message_came_is_not_of_that_message(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA]})
    notify.rest()
    notify.clock.advance(london("2024-09-11 07:00"))
    notify.police_attended({SCHOOL: [BEA]}, number=2, counted=2, event_type="VpaReviewed")
    notify.rest()
    notify.look(SCHOOL)
    notify.acknowledge(SCHOOL, 9, said_at=london("2024-09-11 06:59"))

    notify.at(HOUR_TO_PHONE)

    assert [call.notification.event_id for call in notify.calls()] == ["event-2"]


def test_an_acknowledgement_waits_for_its_facts_and_takes_nothing_back_meanwhile(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA]})
    notify.rest()
    notify.release(SCHOOL, 9, 1, ("facts",), event_type="SchoolNotificationAcknowledged")

    notify.rest()

    assert [one.stage for one in notify.messages()] == [Stage.DELIVERED]


def test_another_schools_acknowledgement_is_its_own(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA], OTHER_SCHOOL: [BEA]})
    notify.rest()
    notify.look(SCHOOL)
    notify.look(OTHER_SCHOOL)
    notify.acknowledge(OTHER_SCHOOL, 9)

    notify.at(HOUR_TO_PHONE)

    assert [call.notification.school for call in notify.calls()] == [SCHOOL]


def test_the_next_thing_to_do_by_itself_is_known_and_what_is_due_now_is_pending(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA]})
    notify.rest()
    at_rest = notify.pending()

    notify.clock.advance(HOUR_TO_PHONE)

    assert notify.pending() == at_rest + 1
    notify.rest()
    assert notify.next_wake() is None


def test_the_hour_to_phone_is_announced_beforehand(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA]})

    notify.rest()

    assert notify.next_wake() is not None
    assert notify.next_wake() <= HOUR_TO_PHONE  # type: ignore[operator]


def test_a_release_waits_for_the_keyring_and_counts_as_pending_meanwhile(notify: Notify) -> None:
    release = notify.release(SCHOOL, 1, 1, ("children",))
    notify.release("partnership", 1, 1, ("facts",))

    notify.rest()

    assert notify.pending() == 2
    assert notify.messages() == ()
    notify.keyring.held[release] = (ANA.element(TUESDAY_NIGHT),)
    eventually_planned(notify)


def eventually_planned(notify: Notify) -> None:
    import time

    until = time.monotonic() + 10
    while not notify.messages() and time.monotonic() < until:
        notify.rest()
        time.sleep(0.01)
    assert len(notify.messages()) == 1


def test_a_release_recalled_before_it_was_opened_is_never_planned(notify: Notify) -> None:
    notify.release(SCHOOL, 1, 1, ("children",))
    notify.recall(SCHOOL, 1)

    notify.rest()

    assert notify.messages() == ()
    assert notify.pending() == 0


def test_a_form_corrected_before_it_was_opened_is_never_planned(notify: Notify) -> None:
    notify.release(SCHOOL, 1, 1, ("children",))
    notify.police_attended({SCHOOL: [ANA]}, number=2, event_type="VpaCorrected", kind=ReleaseKind.CORRECTED)

    notify.rest()

    (message,) = notify.messages()
    assert (message.event_id, len(message.children)) == ("event-2", 1)


def test_two_forms_recalled_by_one_correction_both_fall_and_nobody_is_phoned(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA]})
    notify.police_attended({SCHOOL: [BEA]}, number=2, event_type="VpaReviewed")
    notify.rest()
    notify.police_attended({OTHER_SCHOOL: [ANA, BEA]}, number=3, event_type="VpaCorrected")
    notify.recall(SCHOOL, 1)
    notify.recall(SCHOOL, 2)
    notify.rest()

    notify.at(BELL)

    stages = sorted((one.school, one.stage.value) for one in notify.messages())
    assert stages == [(SCHOOL, "recalled"), (SCHOOL, "recalled"), (OTHER_SCHOOL, "escalated")]
    assert {call.notification.school for call in notify.calls()} == {OTHER_SCHOOL}


def test_a_recalled_message_no_longer_stands_and_nobody_is_phoned_about_it(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA]})
    notify.rest()
    notify.recall(SCHOOL, 1)
    notify.rest()

    notify.at(BELL)

    assert [one.stage for one in notify.messages()] == [Stage.RECALLED]
    assert notify.calls() == ()
    assert notify.report().total["unaccounted"] == 1


def test_releases_of_other_kinds_of_event_are_counted_past_without_opening(notify: Notify) -> None:
    notify.release("partnership", 1, 1, ("facts",), event_type="ConsentRecorded")

    notify.rest()

    assert notify.keyring.opened == []
    assert notify.pending() == 0


def test_a_number_that_comes_again_is_taken_once_and_one_that_comes_early_waits_its_turn(
    notify: Notify,
) -> None:
    notify.release("partnership", 1, 1, (), event_type="CaseOpened", seq=1)
    notify.release("partnership", 3, 1, (), event_type="CaseOpened", seq=3)
    notify.release("partnership", 1, 1, (), event_type="CaseOpened", seq=1)
    notify.release("partnership", 2, 1, (), event_type="CaseOpened", seq=2)
    notify.release("partnership", 3, 1, (), event_type="CaseOpened", seq=3)

    notify.rest()

    with reading(notify.engine) as conn:
        assert list(conn.scalars(select(RELEASES.c.seq).order_by(RELEASES.c.number))) == [1, 2, 3]


def test_a_worker_that_was_killed_goes_on_where_its_tables_stand(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA]})
    notify.worker.step()
    notify.worker = notify.started()
    notify.police_attended({SCHOOL: [BEA]}, number=2, occurrence=2)

    notify.rest()

    assert len(notify.messages()) == 2
    assert notify.said() == ["planned", "delivered"] * 2


def test_two_workers_on_one_store_plan_each_message_once(notify: Notify) -> None:
    other = notify.started()
    notify.police_attended({SCHOOL: [ANA]})
    notify.rest()

    while other.step():
        pass

    assert len(notify.messages()) == 1


def test_planned_again_from_nothing_it_is_the_same_messages(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA], "education": [EVE]})
    notify.rest()
    before, report = notify.messages(), notify.report()

    METADATA.drop_all(notify.engine)
    METADATA.create_all(notify.engine)
    notify.worker = notify.started()
    notify.rest()

    assert (notify.messages(), notify.report()) == (before, report)


def test_no_child_is_named_in_any_table(notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA, BEA], "education": [EVE]})
    notify.rest()
    notify.at(BELL)

    with reading(notify.engine) as conn:
        everything = [
            str(tuple(row)) for table in METADATA.sorted_tables for row in conn.execute(select(table))
        ]

    names = ("anaquillory", "beatrixaline", "evangelowyn", "ostrovendale")
    assert everything
    assert not [row for row in everything if any(name in row.casefold() for name in names)]


def test_a_record_that_cannot_be_read_is_set_aside_and_the_rest_goes_on(notify: Notify) -> None:
    notify.log.writer().append("to.schools", [Record(key=b"school", value=b"not a release")])
    notify.police_attended({SCHOOL: [ANA]})

    notify.rest()

    assert len(notify.messages()) == 1


def test_mail_goes_out_once_and_is_said(mailing: Notify) -> None:
    mailing.police_attended({SCHOOL: [ANA]})
    mailing.rest()
    mailer = mailing.mailer()

    tried = mailer.step() + mailer.step()

    assert tried == 1
    assert mailing.said() == ["planned", "delivered", "sent"]
    assert mailing.post.taken == [mailing.messages()[0].id]


def test_mail_a_server_puts_off_waits_and_is_not_pending_until_its_time(mailing: Notify) -> None:
    mailing.police_attended({SCHOOL: [ANA]})
    mailing.rest()
    mailing.post.refusal = Refusal(reason="unreachable", permanent=False)
    before = mailing.pending()

    mailer = mailing.mailer()
    mailer.step()

    assert mailing.said()[-1] == "failed-1"
    assert mailing.pending() == before  # the mail no longer, the event about it instead
    mailing.post.refusal = None
    mailing.at(mailing.next_wake() or BELL)
    mailer.step()
    assert mailing.said()[-1] == "sent"


def test_a_message_stands_in_the_inbox_whatever_becomes_of_the_mail(mailing: Notify) -> None:
    mailing.post.refusal = Refusal(reason="smtp-550", permanent=True)
    mailing.police_attended({SCHOOL: [ANA]})
    mailing.rest()

    mailing.mailer().step()

    assert mailing.messages()[0].delivered_at == AN_HOUR_LATER
    assert mailing.report().total["told"] == 1


def test_mail_not_yet_sent_is_called_off_by_a_recall(mailing: Notify) -> None:
    mailing.police_attended({SCHOOL: [ANA]})
    mailing.rest()
    mailing.recall(SCHOOL, 1)
    mailing.rest()

    mailing.mailer().step()

    assert mailing.post.taken == []
