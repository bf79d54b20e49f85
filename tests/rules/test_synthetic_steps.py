"""The month is played in steps, everything at its time, and goes on past the last bell."""

from datetime import timedelta
from itertools import pairwise

from services.cli.playing import AFTERWARDS, steps_of
from services.runtime.partnership import Partnership
from services.runtime.settings import DEMO_PARTNERSHIP
from services.synthetic.moments import LONDON
from services.synthetic.month import month

PARTNERSHIP = Partnership.load(DEMO_PARTNERSHIP)
EVENTS = month(1, PARTNERSHIP)
STEPS = list(steps_of(EVENTS, PARTNERSHIP))


def test_every_event_is_published_once_at_its_time():
    published = [(step.at, dated.event["id"]) for step in STEPS for dated in step.events]

    assert sorted(published) == sorted((dated.at, dated.event["id"]) for dated in EVENTS)


def test_time_only_goes_forward():
    moments = [step.at for step in STEPS]

    assert all(earlier < later for earlier, later in pairwise(moments))


def test_schools_look_twice_on_school_days_and_never_else():
    looks = [step.at.astimezone(LONDON) for step in STEPS if step.schools_look]

    assert {look.weekday() for look in looks} == {0, 1, 2, 3, 4}
    assert {(look.hour, look.minute) for look in looks} == {(8, 0), (10, 30)}
    assert min(look.date() for look in looks).isoformat() == "2024-09-03"


def test_time_goes_on_past_the_last_bell():
    assert STEPS[-1].at == max(dated.at for dated in EVENTS) + AFTERWARDS
    assert timedelta(days=3) < AFTERWARDS
