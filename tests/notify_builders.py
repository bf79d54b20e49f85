"""Schools, occurrences, releases and a keyring for tests of notify: says only what matters."""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sqlalchemy import Engine

from services.eventlog.codec import encode_header, encode_release, encode_section
from services.eventlog.envelope import Header, Release, Sealed, Section
from services.eventlog.ids import release_id
from services.eventlog.memory import MemoryLog
from services.eventlog.records import Record
from services.eventlog.redriver import Redriver
from services.notify.channels.protocol import Channel
from services.notify.flow import Custom, Office, Opened, Outcome
from services.notify.rules.placement import Ages, Pupil, Register
from services.notify.rules.report import Report, report
from services.notify.rules.tokens import Element
from services.notify.state import Notification, Refusal
from services.notify.store import listing, outbox
from services.notify.store.aside import Aside
from services.notify.store.tables import METADATA
from services.notify.worker.customs import Customs
from services.notify.worker.duties import Duties
from services.notify.worker.following import Follower, number_of
from services.notify.worker.keyring import Facts, Hidden
from services.notify.worker.looking import Lookout
from services.notify.worker.mailing import Mailer
from services.notify.worker.planning import Planner
from services.notify.worker.redriving import Again
from services.notify.worker.running import Worker
from services.notify.worker.signals import Signals
from services.runtime.clock import FixedClock
from services.runtime.database import engine_at, reading
from services.runtime.partnership import Partnership
from services.runtime.settings import DEMO_PARTNERSHIP
from services.vocabulary.agencies import topic_of
from services.vocabulary.calendar import LONDON, SchoolYear
from services.vocabulary.grounds import ReleaseKind
from services.vocabulary.times import format_time

SCHOOL, OTHER_SCHOOL = "school:900101", "school:900102"
KEY = b"notify's own key, of 32 bytes...."
LEAD = timedelta(minutes=15)
YEAR = SchoolYear(bell=time(8, 45), terms=((date(2024, 9, 2), date(2024, 10, 25)),))
BANK_HOLIDAYS = frozenset({date(2024, 8, 26)})


def london(text: str) -> datetime:
    """Return a moment as the clocks in London showed it."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


TUESDAY_NIGHT = london("2024-09-10 23:10")
AN_HOUR_LATER = london("2024-09-11 00:10")
HOUR_TO_PHONE = london("2024-09-11 08:30")
BELL = london("2024-09-11 08:45")


def a_custom(*, email: bool = False, year: SchoolYear = YEAR) -> Custom:
    """How a school that starts at 08:45 is told."""
    return Custom(year=year, lead=LEAD, owner="p-education-2", email=email)


def an_office() -> Office:
    """The officer, a register of one school for ages 4 to 11, and one school elsewhere."""
    register = Register(schools={"900101": Ages(youngest=4, oldest=11)}, elsewhere=frozenset({"990001"}))
    years = {"900101": YEAR}
    return Office(owner="p-education-1", lead="p-education-3", register=register, year=YEAR, years=years)


def opened(
    *children: str,
    to: str = SCHOOL,
    kind: ReleaseKind = ReleaseKind.NEW,
    number: int = 1,
    occurred_at: datetime = TUESDAY_NIGHT,
    recorded_at: datetime = AN_HOUR_LATER,
    pupils: tuple[Pupil | None, ...] = (),
    first_recorded_at: datetime | None = None,
) -> Opened:
    """A release to a school (or to education) of one occurrence, opened: its children by token."""
    return Opened(
        release_id=f"release-{number}",
        kind=kind,
        recipient=to,
        incident=f"incident-of-{to}",
        occurrence="occurrence-1",
        event_id=f"event-{number}",
        occurred_at=occurred_at,
        recorded_at=recorded_at,
        children=children,
        pupils=pupils,
        first_recorded_at=first_recorded_at,
    )


def steps(outcome: Outcome) -> list[str]:
    """Return what an outcome says to the partnership, in order."""
    return [said.step for said in outcome.said]


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A child as the police met them; every name is invented."""

    name: str = "Brindlewyck"
    born: date | None = date(2016, 3, 4)
    school: str | None = "900101"
    home_educated: bool = False
    conflict: bool = False

    def element(self, occurred_at: datetime) -> Element:
        """What the keyring shows of the child."""
        pupil = Pupil(
            school_urn=self.school, home_educated=self.home_educated, conflict=self.conflict, born=self.born
        )
        return Element(pupil=pupil, given_name=self.name, family_name="Ostrovendale", occurred_at=occurred_at)


class FakeKeyring:
    """Opens what was put in; hides everything else, as the real one does."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[Element, ...]] = {}
        self.counts: dict[str, Facts] = {}
        self.opened: list[str] = []

    def facts(self, release_id: str) -> Facts:
        """Return a form's facts."""
        self.opened.append(release_id)
        if release_id not in self.counts:
            raise Hidden
        return self.counts[release_id]

    def children(self, release_id: str, names: Sequence[str]) -> tuple[Element, ...]:
        """Return a release's children."""
        self.opened.append(release_id)
        if release_id not in self.held:
            raise Hidden
        return self.held[release_id]


class Post:
    """A channel that takes everything, or refuses with what it was told to."""

    name = "email"

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.refusal: Refusal | None = None

    def carry(self, notification: Notification) -> Refusal | None:
        """Take a message."""
        if self.refusal is None:
            self.taken.append(notification.id)
        return self.refusal


@dataclass(slots=True)
class Notify:
    """Notify whole, over a log in memory, with a clock that moves when told; nobody at the door."""

    url: str
    mail: bool = False
    log: MemoryLog = field(default_factory=MemoryLog)
    keyring: FakeKeyring = field(default_factory=FakeKeyring)
    clock: FixedClock = field(default_factory=lambda: FixedClock(AN_HOUR_LATER))
    post: Post = field(default_factory=Post)
    signals: Signals = field(default_factory=Signals)
    numbers: dict[str, int] = field(default_factory=dict)
    traceparent: str | None = None
    """The trace in which releases come."""

    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        self.engine = engine_at(self.url)
        METADATA.create_all(self.engine)
        self.worker = self.started()

    worker: Worker = field(init=False)
    follower: Follower = field(init=False)

    def started(self) -> Worker:
        """A worker that goes on from where the tables stand, as after a kill."""
        customs = Customs(Partnership.load(DEMO_PARTNERSHIP), BANK_HOLIDAYS, mail=self.mail)
        planner = Planner(
            engine=self.engine, keyring=self.keyring, customs=customs, key=KEY, clock=self.clock
        )
        duties = Duties(engine=self.engine, customs=customs, signals=self.signals, clock=self.clock)
        self.follower = Follower(self.engine, self.log.reader, self.clock)
        lookout = Lookout(engine=self.engine, clock=self.clock)
        return Worker(
            follower=self.follower, planner=planner, lookout=lookout, duties=duties, signals=self.signals
        )

    def mailer(self, channel: Channel | None = None) -> Mailer:
        """The thread that mails."""
        return Mailer(
            engine=self.engine, channel=channel or self.post, signals=self.signals, clock=self.clock
        )

    def again(self) -> Again:
        """What reads and says again."""
        redriver = Redriver(
            kept=Aside(self.engine),
            open_log=self.log.reader,
            judge=number_of,
            again=self.follower.look_again,
            clock=self.clock,
        )
        return Again(engine=self.engine, redriver=redriver, signals=self.signals, clock=self.clock)

    def rest(self) -> None:
        """Do everything there is to do now."""
        while self.worker.step():
            pass

    def at(self, moment: datetime) -> None:
        """Let it become later, and do what is due then."""
        self.clock.advance(moment)
        self.rest()

    def police_attended(
        self,
        children: Mapping[str, Sequence[Child]],
        *,
        number: int = 1,
        occurrence: int = 1,
        occurred_at: datetime = TUESDAY_NIGHT,
        counted: int | None = None,
        event_type: str = "VpaRaised",
        kind: ReleaseKind = ReleaseKind.NEW,
    ) -> None:
        """A form comes: the partnership gets its facts, each recipient named its own children."""
        total = sum(len(each) for each in children.values()) if counted is None else counted
        facts = self.release("partnership", number, occurrence, ("facts",), event_type=event_type)
        self.keyring.counts[facts] = Facts(child_count=total, occurred_at=occurred_at)
        for to, each in children.items():
            names = ("children",) * len(each)
            release = self.release(to, number, occurrence, names, event_type=event_type, kind=kind)
            self.keyring.held[release] = tuple(child.element(occurred_at) for child in each)

    def taken_back(self, number: int, *from_whom: str, occurrence: int = 1) -> None:
        """A form is taken back: the partnership gets the facts of that, and who was told by it a recall."""
        facts = self.release("partnership", number + 100, occurrence, ("facts",), event_type="EventRetracted")
        self.keyring.counts[facts] = Facts(
            child_count=None, occurred_at=self.clock.now(), taken_back=f"event-{number}"
        )
        for to in from_whom:
            self.release(to, number, occurrence, (), kind=ReleaseKind.RECALLED)

    def told_anew(self, to: str, number: int, children: Sequence[Child], occurrence: int = 1) -> None:
        """A recipient is told by an earlier form in the place of what it had."""
        names = ("children",) * len(children)
        release = self.release(
            to, number, occurrence, names, event_type="VpaReviewed", kind=ReleaseKind.CORRECTED
        )
        self.keyring.held[release] = tuple(child.element(TUESDAY_NIGHT) for child in children)

    def release(
        self,
        to: str,
        number: int,
        occurrence: int,
        sections: Sequence[str],
        *,
        event_type: str = "VpaRaised",
        kind: ReleaseKind = ReleaseKind.NEW,
        seq: int | None = None,
    ) -> str:
        """Append one release, as the gate does, and return its id."""
        next_number = self.numbers.get(to, 0) + 1 if seq is None else seq
        self.numbers[to] = max(self.numbers.get(to, 0), next_number)
        event = f"event-{number}"
        release = a_release(
            to, next_number, event, sections, event_type=event_type, kind=kind, incident=f"{occurrence}@{to}"
        )
        release = release._replace(header=_header(event, event_type, self.clock.now()))
        value = encode_release(release)
        headers = (("traceparent", self.traceparent.encode()),) if self.traceparent else ()
        self.log.writer().append(topic_of(to), [Record(key=to.encode(), value=value, headers=headers)])
        return release.release_id

    def acknowledge(
        self,
        school: str,
        number: int,
        occurrence: int = 1,
        *,
        notification: str | None = None,
        said_at: datetime | None = None,
    ) -> None:
        """The school says it has read a message, or what it has; the partnership gets the facts of that."""
        acknowledged = "SchoolNotificationAcknowledged"
        self.release(school, number, occurrence, ("facts",), event_type=acknowledged)
        facts = self.release("partnership", number, occurrence, ("facts",), event_type=acknowledged)
        self.keyring.counts[facts] = Facts(
            child_count=None, occurred_at=said_at or self.clock.now(), notification=notification
        )

    def open(self, agency: str, release_id: str, *, to: str | None = None, refused: bool = False) -> None:
        """Somebody is shown the children of a release, or refused; the keyring has put it on record."""
        record = an_opening(agency, release_id, self.clock.now(), to=to or agency, refused=refused)
        self.log.writer().append("openings", [record])

    def look(self, school: str) -> None:
        """The school looks who each of its messages is about."""
        for one in self.messages():
            if one.school == school:
                self.open(school, one.release_id)

    def recall(self, to: str, number: int, occurrence: int = 1) -> None:
        """The gate takes a release back."""
        self.release(to, number, occurrence, (), kind=ReleaseKind.RECALLED)

    def report(self, first: str = "2024-09-01", last: str = "2024-10-01") -> Report:
        """Return the month's report."""
        with reading(self.engine) as conn:
            return report(listing.occurrences(conn, london(f"{first} 00:00"), london(f"{last} 00:00")))

    def messages(self) -> tuple[Notification, ...]:
        """Return every message, the newest first."""
        with reading(self.engine) as conn:
            return listing.every_message(conn)

    def calls(self) -> tuple[listing.Call, ...]:
        """Return the phone calls owed."""
        with reading(self.engine) as conn:
            return listing.owed(conn).calls

    def said(self) -> list[str]:
        """Return the steps said to the partnership and not yet taken by the door, in order."""
        with reading(self.engine) as conn:
            return [one.id.partition(":")[2] for one in outbox.waiting(conn, 1000)]

    def pending(self) -> int:
        """Return what is left to do now."""
        with reading(self.engine) as conn:
            return outbox.pending(conn, self.clock.now())

    def next_wake(self) -> datetime | None:
        """Return when something will be done without being asked."""
        with reading(self.engine) as conn:
            return outbox.next_wake(conn, self.clock.now())


@dataclass(slots=True)
class Front:
    """A door or a keyring that answers as told, over real HTTP."""

    status: int = 200
    refuses: str = ""
    opens: dict[str, Any] = field(default_factory=dict)
    heard: list[Any] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    traces: list[str] = field(default_factory=list)

    def answer(self, path: str, body: Any) -> Any:
        """Answer as the door or the keyring does."""
        self.heard.append(body)
        if path == "/v1/open":
            return {"sections": self.opens, "opening_id": "o"}
        return {"results": [self._result(event) for event in body]}

    def _result(self, event: dict[str, Any]) -> dict[str, Any]:
        if self.refuses and self.refuses in event["id"]:
            return {
                "id": event["id"],
                "status": "refused",
                "reasons": [{"rule": "recipient", "pointer": "/"}],
            }
        return {"id": event["id"], "status": "accepted"}


@contextmanager
def answering(front: Front) -> Iterator[str]:
    """Let a front answer over HTTP until the block ends; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            front.tokens.append(self.headers["authorization"])
            front.traces.append(self.headers.get("traceparent", ""))
            answer = json.dumps(front.answer(self.path, body)).encode()
            self.send_response(front.status)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def an_opening(
    agency: str, release_id: str, at: datetime, *, to: str | None = None, refused: bool = False
) -> Record:
    """Return what the keyring puts on record before it shows the children of a release."""
    record = {
        "opening_id": f"opening-{release_id}",
        "at": format_time(at),
        "release_id": release_id,
        "event_id": "event-1",
        "recipient": to or agency,
        "agency": agency,
        "person": "p-school-900101",
        "purpose": "To support the child in school today",
        "sections": [] if refused else ["children[0]"],
        "refused": refused,
    }
    return Record(key=b"opening", value=json.dumps(record).encode())


def a_release(
    to: str,
    seq: int,
    event: str,
    sections: Sequence[str],
    *,
    event_type: str,
    kind: ReleaseKind,
    incident: str,
) -> Release:
    """Return a release whose sections have names and nothing in them."""
    return Release(
        release_id=release_id(f"{kind}{seq}", event, to),
        kind=kind,
        recipient=to,
        seq=seq,
        cause=event,
        event_id=event,
        decided_at=AN_HOUR_LATER,
        ground="operation-encompass",
        rule="school",
        policy="e" * 64,
        purpose="support in school",
        expects=None,
        not_after=None,
        person=None,
        incident=incident,
        reason=None,
        header=_header(event, event_type, AN_HOUR_LATER),
        sections=tuple(_empty(name, index) for index, name in enumerate(sections)),
    )


def _header(event: str, event_type: str, recorded_at: datetime) -> bytes:
    return encode_header(
        Header(
            event_id=event,
            type=event_type,
            schema_id=f"{event_type}/1",
            recorded_at=recorded_at,
            sections_root=b"r" * 32,
        )
    )


def _empty(name: str, index: int) -> Sealed:
    section = Section(
        name=name,
        schema_id=f"{name}/1",
        index=index,
        key_ref=b"",
        commitment=b"c" * 32,
        nonce=b"n" * 12,
        ciphertext=b"sealed",
    )
    return Sealed(body=encode_section(section), proof=())
