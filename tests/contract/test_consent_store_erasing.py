"""Erasures are carried out on the key database, whatever is killed or brought back (decision 0027)."""

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from services.consent import commands
from services.consent.keyring.erasing import Eraser, NotTaken
from services.consent.keyring.opening import Busy, Opened, Opener, Refused, Request
from services.consent.keyring.parties import Parties
from services.consent.keyring.restricting import Restrictions
from services.consent.keyring.sides import Sides
from services.consent.keyring.suspending import Suspended
from services.consent.keyring.unsealing import Keys
from services.consent.rules.erasure import WAIT
from services.consent.store.ledger import Ledger
from services.eventlog.errors import Unavailable
from services.eventlog.keys import PERSONS, TOKENS, FileKek, KeyStore
from services.eventlog.topics import OPENINGS
from services.runtime.database import engine_at, overwrite_deleted, reading
from services.runtime.identity import Caller
from services.runtime.partnership import Role
from services.vocabulary.erasure import Order
from services.vocabulary.events import EventType
from services.vocabulary.risk import ChildrenLevel, Risk
from tests.gate_builders import (
    PERSON_KEY,
    ROUTING_KEY,
    START,
    Bench,
    a_child,
    a_form,
    about_person,
    an_event,
    catalogue,
    grades,
    internal,
    linked,
    policy_adopted,
)

NAMES = ("victim", "one", "causing harm", "other name")
DUE = START + WAIT + timedelta(hours=1)
DAFSU = Caller(agency="dafsu", person="p-dafsu-9", role=Role.PRACTITIONER)


class Killed(Exception):
    """The process ends here."""


class KeysUntil:
    """The key database, until the process is killed right after one thing was done with it."""

    def __init__(self, keys: KeyStore, last: str) -> None:
        self._keys = keys
        self._last = last

    def __getattr__(self, name: str) -> Any:
        does = getattr(self._keys, name)
        return until_killed(does) if name == self._last else does


def until_killed(does: Callable[..., object]) -> Callable[..., None]:
    """Return what does it, and is killed then."""

    def last(*arguments: object, **more: object) -> None:
        does(*arguments, **more)
        raise Killed

    return last


class Room:
    """A gate, a key database and a keyring over them; a form about a victim and a child is with DAFSU."""

    def __init__(self, engine: Engine, keys: Engine | None = None) -> None:
        self.bench = Bench(engine)
        self.ledger = Ledger(engine)
        self.key_base = keys if keys is not None else engine
        self.keys = KeyStore(self.key_base, FileKek(b"k" * 32), randomness=lambda size: PERSON_KEY[:size])
        self.keys.create_tables()
        self.keys.create([internal(name) for name in NAMES], at=START)
        self.keys.add_tokens({internal(name): [f"name:{name}"] for name in NAMES})
        self.said: list[str] = []
        self.door_says: Exception | None = None
        self.staff: frozenset[str] = frozenset()
        self.bench.publish(policy_adopted())
        self.bench.publish(a_form(of=grades(Risk.HIGH, ChildrenLevel.EARLY_HELP), pupils=[a_child("one")]))
        self.bench.settle()
        self.release = self.bench.output().releases["dafsu"][-1].release_id
        self.start()

    def start(self, kill_after: str = "") -> None:
        """Start a keyring, as after a kill; it may be killed again after something was done."""
        self.eraser = Eraser(
            known=self.ledger,
            keys=KeysUntil(self.keys, kill_after),
            publish=until_killed(self.say) if kill_after == "publish" else self.say,
            clock=self.bench.clock,
            log=self.bench.log.reader({}),
            position=self.ledger.position,
            staff=lambda: self.staff,
            overwrite=lambda: overwrite_deleted(self.key_base),
        )
        eraser = self.eraser
        suspended = Suspended(self.keys, self.ledger, self.ledger.person, applied=lambda: eraser.has_applied)
        self.opener = Opener(
            parties=Parties(lambda _: None, self.keys, b"m" * 32),
            restrictions=Restrictions(self.ledger, tuple, self.keys, b"m" * 32),
            sides=Sides(self.ledger),
            ledger=self.ledger,
            log=self.bench.log.reader({}),
            openings=self.bench.log.writer(),
            keys=Keys(persons=suspended, routing=ROUTING_KEY, catalogue=catalogue()),
            clock=self.bench.clock,
            new_id=lambda: "0" * 32,
        )

    def say(self, persons: Sequence[str], order: str, at: datetime) -> None:
        """Publish as the door would: the same id once."""
        if self.door_says is not None:
            raise self.door_says
        if (event_id := f"erased-{order}-{persons[0]}") not in self.said:
            self.said.append(event_id)
            self.bench.publish(
                an_event(
                    EventType.PERSON_ERASED,
                    event_id=event_id,
                    publisher="keyring",
                    publisher_person=None,
                    persons=tuple(persons),
                    why=order,
                    recorded_at=at,
                )
            )

    def order(self, *before: Any) -> None:
        """Order that the victim is erased."""
        self.bench.publish(*before, about_person(EventType.ERASURE_ORDERED, "victim"))
        self.bench.settle()
        self.eraser.step()

    def becomes_due(self) -> None:
        """Let thirty days pass, and an hour."""
        self.bench.publish(an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=DUE))
        self.bench.settle()

    def carried_out(self) -> None:
        """Order it, let it become due, and do all there is to do."""
        self.order()
        self.becomes_due()
        self.all_is_done()

    def all_is_done(self) -> None:
        """Let gate and keyring each look until neither has anything left to do."""
        for _ in range(3):
            self.eraser.step()
            self.bench.settle()

    def open(self, *sections: str) -> Opened:
        wanted = sections or None
        return self.opener.open(DAFSU, Request(release_id=self.release, purpose="plan", sections=wanted))

    def opens(self) -> set[str]:
        return set(self.open().sections)

    def wrapped(self) -> Mapping[str, bytes | None]:
        with reading(self.key_base) as conn:
            return {row.person: row.wrapped for row in conn.execute(select(PERSONS))}

    def has_key(self, name: str) -> bool:
        return self.wrapped()[internal(name)] is not None

    def tokens(self) -> set[str]:
        with reading(self.key_base) as conn:
            return set(conn.scalars(select(TOKENS.c.person)))

    def stands(self, name: str = "victim") -> Order:
        return self.ledger.erasures()[internal(name)].order


@pytest.fixture
def room(database_url: str) -> Room:
    return Room(engine_at(database_url))


OF_OTHERS = {"children[0]", "person_causing_harm", "facts"}


def test_of_whom_an_order_stands_nothing_opens_at_once_and_of_others_all(room: Room) -> None:
    room.eraser.step()
    before = room.opens()
    room.order()

    assert {"victim", "contact", "narrative"} <= before
    assert room.opens() == before & OF_OTHERS
    assert room.has_key("victim")


def test_asked_for_by_name_it_is_refused_like_what_never_was_and_on_record(room: Room) -> None:
    room.order()

    with pytest.raises(Refused):
        room.open("victim", "children")

    last = json.loads(room.bench.records(OPENINGS)[-1].value)
    assert (last["refused"], last["sections"]) == (True, [])


def test_who_is_linked_is_suspended_as_well(room: Room) -> None:
    room.order(linked("victim", "causing harm"))

    assert "person_causing_harm" not in room.opens()


def test_an_order_that_was_stopped_lets_everything_open_again(room: Room) -> None:
    room.eraser.step()
    before = room.opens()
    room.order()
    room.bench.publish(about_person(EventType.ERASURE_STOPPED, "victim"))
    room.bench.settle()

    assert room.opens() == before


def test_the_door_goes_on_sealing_for_who_is_suspended(room: Room) -> None:
    room.order()

    assert internal("victim") in room.keys.get_all([internal("victim")])


def test_when_it_is_due_the_door_has_no_key_of_theirs_and_the_log_says_so_before_it_is_destroyed(
    room: Room,
) -> None:
    room.order()
    room.becomes_due()
    room.eraser.step()

    assert room.keys.get_all([internal("victim")]) == {}
    assert room.has_key("victim")
    assert len(room.said) == 1


def test_key_and_tokens_are_destroyed_once_the_gate_has_heard(room: Room) -> None:
    room.carried_out()

    assert (room.stands(), room.has_key("victim")) == (Order.ERASED, False)
    assert room.tokens() == {internal(name) for name in NAMES if name != "victim"}
    assert room.opens() == OF_OTHERS - {"facts"} or room.opens() == OF_OTHERS
    assert room.keys.match(["name:victim"]) == {}


def test_every_name_of_somebody_is_destroyed_together(room: Room) -> None:
    room.order(linked("victim", "other name"))
    room.becomes_due()
    room.all_is_done()

    assert not room.has_key("victim")
    assert not room.has_key("other name")


def test_who_is_heard_of_while_it_is_carried_out_keeps_their_key(room: Room) -> None:
    room.order()
    room.becomes_due()
    room.bench.publish(a_form(incident="another", recorded_at=DUE))
    room.eraser.step()
    room.bench.settle()
    room.eraser.step()

    assert room.stands() is Order.STOPPED
    assert internal("victim") in room.keys.get_all([internal("victim")])


STEPS = ("retire", "publish", "destroy", "take_back")


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_the_next_start_does_the_rest(room: Room, step: str) -> None:
    room.order()
    room.becomes_due()
    room.start(kill_after=step)
    with pytest.raises(Killed):
        for _ in range(3):
            room.eraser.step()
            room.bench.settle()
    for _ in range(3):
        room.start()
        room.eraser.step()
        room.bench.settle()

    assert (room.stands(), room.has_key("victim")) == (Order.ERASED, False)
    assert len(room.said) == 1


def test_nothing_opens_after_a_start_until_the_gate_has_heard_all_there_was(room: Room) -> None:
    room.bench.publish(about_person(EventType.ERASURE_ORDERED, "victim"))
    room.start()
    room.eraser.step()
    with pytest.raises(Unavailable):
        room.open()
    room.bench.settle()
    room.eraser.step()

    assert "victim" not in room.opens()


def test_from_a_key_database_that_was_brought_back_nothing_opens(tmp_path: Path) -> None:
    keys, copy = tmp_path / "keys.db", tmp_path / "copy.db"
    room = Room(engine_at(f"sqlite:///{tmp_path / 'gate.db'}"), engine_at(f"sqlite:///{keys}"))
    overwrite_deleted(room.key_base)
    shutil.copy(keys, copy)
    room.carried_out()
    room.key_base.dispose()
    for path in tmp_path.glob("keys.db*"):
        path.unlink()
    shutil.copy(copy, keys)
    room.start()
    brought_back = room.has_key("victim")
    with pytest.raises(Unavailable):
        room.open()
    room.all_is_done()

    assert (brought_back, room.has_key("victim")) == (True, False)
    assert "victim" not in room.opens()


def test_a_destroyed_key_is_in_no_file_any_more(tmp_path: Path) -> None:
    room = Room(
        engine_at(f"sqlite:///{tmp_path / 'gate.db'}"), engine_at(f"sqlite:///{tmp_path / 'keys.db'}")
    )
    wrapped = room.wrapped()[internal("victim")]
    assert wrapped is not None
    before = any(wrapped in path.read_bytes() for path in tmp_path.glob("keys.db*"))
    room.carried_out()

    assert before
    assert not any(wrapped in path.read_bytes() for path in tmp_path.glob("keys.db*"))


def test_what_the_door_sealed_under_a_key_that_was_brought_back_stays_readable(tmp_path: Path) -> None:
    room, copy = (
        Room(engine_at(f"sqlite:///{tmp_path / 'gate.db'}"), engine_at(f"sqlite:///{tmp_path / 'keys.db'}")),
        tmp_path / "copy.db",
    )
    overwrite_deleted(room.key_base)
    shutil.copy(tmp_path / "keys.db", copy)
    room.carried_out()
    room.key_base.dispose()
    for path in tmp_path.glob("keys.db*"):
        path.unlink()
    shutil.copy(copy, tmp_path / "keys.db")
    room.bench.publish(a_form(incident="tonight", recorded_at=DUE))
    room.start()
    room.all_is_done()

    assert room.has_key("victim")
    assert internal("victim") in room.keys.get_all([internal("victim")])


def test_where_the_door_refuses_it_the_keys_go_on_sealing(room: Room) -> None:
    room.order()
    room.becomes_due()
    room.door_says = NotTaken("the door refused it with 422")
    room.eraser.step()

    assert internal("victim") in room.keys.get_all([internal("victim")])
    room.door_says = None
    room.all_is_done()
    assert not room.has_key("victim")


def test_where_it_is_not_known_whether_the_door_took_it_nothing_more_is_sealed_under_the_keys(
    room: Room,
) -> None:
    room.order()
    room.becomes_due()
    room.door_says = Unavailable("the door does not answer: ask again")
    room.eraser.step()

    assert room.keys.get_all([internal("victim")]) == {}
    assert room.has_key("victim")


def test_who_works_here_is_kept_so_that_what_is_about_them_stays_closed_to_them(room: Room) -> None:
    room.staff = frozenset({internal("victim")})
    room.carried_out()

    assert (room.stands(), room.has_key("victim")) == (Order.DUE, True)
    assert "victim" not in room.opens()


def test_where_the_gate_s_record_falls_back_nothing_opens_and_no_key_comes_back(room: Room) -> None:
    room.order()
    room.becomes_due()
    room.eraser.step()
    room.bench.settle()
    commands.clear(room.bench.engine)
    room.bench.store.create_tables()
    room.eraser.step()

    assert room.keys.get_all([internal("victim")]) == {}
    with pytest.raises((Unavailable, Busy)):
        room.open()
    assert not room.eraser.has_applied


def test_who_comes_back_under_another_name_opens_though_the_old_one_is_erased(room: Room) -> None:
    room.carried_out()
    room.bench.publish(linked("victim", "other name"))
    room.bench.settle()
    suspended = Suspended(room.keys, room.ledger, room.ledger.person, applied=lambda: True)

    assert suspended.closed() == {internal("victim")}
