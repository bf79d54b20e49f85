"""What was told and stands still, and is closed all the same: its recipient is suspended, or a rule erred."""

import pytest

from services.consent.keyring.opening import Busy, Refused
from services.consent.state.heard import Heard
from services.eventlog.envelope import Release
from services.runtime.database import engine_at
from services.runtime.identity import Caller
from services.vocabulary.events import EventType
from services.vocabulary.risk import Risk
from tests.contract.test_consent_failures import failing_for
from tests.contract.test_consent_store_keyring import NOTIFY, Room, somebody_at
from tests.gate_builders import HILLSIDE, a_child, a_form, an_event, case, consent, grades

HIGH = grades(Risk.HIGH)


@pytest.fixture
def room(database_url: str) -> Room:
    return Room(engine_at(database_url))


def opens(room: Room, release: Release, caller: Caller | None = None) -> bool:
    """Say whether anything of a release opens, for somebody of its recipient unless told otherwise."""
    try:
        return bool(room.open(caller or somebody_at(release.recipient), release.release_id).sections)
    except Refused:
        return False


def stop(room: Room, event_type: EventType, *named: str) -> None:
    room.bench.publish(an_event(event_type, publisher="partnership", named=named, agreement="isa-1"))
    room.bench.settle()


def test_who_is_suspended_opens_nothing_that_it_was_told_before_until_it_is_resumed(room: Room) -> None:
    room.bench.publish(a_form(of=HIGH))
    room.bench.settle()
    release = room.release("dafsu")

    stop(room, EventType.RECIPIENT_SUSPENDED, "dafsu")
    suspended = opens(room, release)
    stop(room, EventType.RECIPIENT_RESUMED, "dafsu")

    assert not suspended
    assert opens(room, release)
    assert [each["refused"] for each in room.record()] == [True, False]


def test_what_it_published_itself_a_suspended_agency_opens_still(room: Room) -> None:
    room.bench.publish(case(EventType.CASE_OPENED, "dafsu"))
    stop(room, EventType.RECIPIENT_SUSPENDED, "dafsu")

    assert opens(room, room.release("dafsu", 0))


def test_nobody_elses_opening_hangs_on_who_is_suspended(room: Room) -> None:
    room.bench.publish(a_form(of=HIGH))
    stop(room, EventType.RECIPIENT_SUSPENDED, "cedah")

    assert opens(room, room.release("dafsu", 0))


def test_an_agreement_that_has_ended_closes_nothing_that_was_told_while_it_was_in_force(room: Room) -> None:
    stop(room, EventType.AGREEMENT_SIGNED, "dafsu", "police")
    room.bench.publish(a_form(of=HIGH))
    stop(room, EventType.AGREEMENT_ENDED, "dafsu", "police")

    assert opens(room, room.release("dafsu", 1))


def test_a_suspended_school_opens_no_pupil_and_notify_still_plans_so_that_somebody_phones(room: Room) -> None:
    room.bench.publish(a_form(EventType.VPA_RAISED, pupils=[a_child("one")]))
    stop(room, EventType.RECIPIENT_SUSPENDED, f"school:{HILLSIDE}")
    release = room.release(f"school:{HILLSIDE}", 0)

    assert not opens(room, release)
    assert opens(room, release, NOTIFY)


def test_what_is_closed_to_a_suspended_agency_waits_for_the_gate_like_what_never_was(room: Room) -> None:
    room.bench.publish(a_form(of=HIGH))
    stop(room, EventType.RECIPIENT_SUSPENDED, "dafsu")
    room.bench.publish(a_form(of=HIGH, incident="another"))

    for asked in (room.release("dafsu", 0).release_id, "f" * 32):
        with pytest.raises(Busy):
            room.open(somebody_at("dafsu"), asked)


def decide_erring(room: Room, event: Heard, recipient: str) -> None:
    """Let the gate decide an event while everything it asks about a recipient fails."""
    room.bench.publish(event)
    room.bench.settle(failing_for(room.bench, recipient))


def told_on_consent(room: Room, times: int = 1) -> Release:
    """Return the first release to CEDAH of forms that are told on consent alone."""
    room.bench.publish(*(a_form(consent={"cedah": "given"}) for _ in range(times)))
    room.bench.settle()
    return room.release("cedah", 0)


def test_a_withdrawal_that_was_decided_while_a_rule_erred_is_honoured_until_it_is_decided_again(
    room: Room,
) -> None:
    release = told_on_consent(room)

    decide_erring(room, consent(withdraws=True), "cedah")
    erred = opens(room, release)
    room.bench.publish(consent({"cedah": "given"}))
    room.bench.settle()

    assert not erred
    assert opens(room, release)


def test_of_a_form_that_another_took_the_place_of_the_last_word_counts_too(room: Room) -> None:
    release = told_on_consent(room, times=2)

    decide_erring(room, consent(withdraws=True), "cedah")

    assert not opens(room, release)


def test_a_later_form_on_which_a_rule_erred_closes_what_it_may_have_taken_back(room: Room) -> None:
    release = told_on_consent(room)

    decide_erring(room, a_form(EventType.VPA_CORRECTED, HIGH), "cedah")

    assert not opens(room, release)


def test_a_rule_that_errs_for_one_recipient_closes_nothing_to_another(room: Room) -> None:
    release = told_on_consent(room)

    decide_erring(room, case(EventType.CASE_OPENED, "mycwa"), "dafsu")

    assert opens(room, release)


@pytest.mark.parametrize(
    ("of", "still"), [(EventType.VPA_REVIEWED, True), (EventType.VPA_CORRECTED, False)], ids=str
)
def test_a_correction_alone_on_which_a_rule_erred_closes_what_a_school_was_told(
    room: Room, of: EventType, still: bool
) -> None:
    school = f"school:{HILLSIDE}"
    room.bench.publish(a_form(EventType.VPA_RAISED, pupils=[a_child("one")]))
    room.bench.settle()

    decide_erring(room, a_form(of, pupils=[a_child("one"), a_child("two")]), school)

    assert opens(room, room.release(school)) is still
