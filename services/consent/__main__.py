"""Wire the gate and the keyring: `python -m services.consent gate`, or `keyring`, `rebuild`, `dump`."""

import secrets
import sys
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from fastapi import FastAPI, Request
from fastapi.responses import Response
from sqlalchemy.exc import SQLAlchemyError

from services.consent import commands
from services.consent.api import routes as api
from services.consent.flow.desk import Desk
from services.consent.flow.release import Alias
from services.consent.keyring.agreed import Agreements
from services.consent.keyring.erasing import Eraser
from services.consent.keyring.incidents import Incidents
from services.consent.keyring.ledgers import Ledgers
from services.consent.keyring.linked import Linked
from services.consent.keyring.opening import Opener
from services.consent.keyring.own import Published
from services.consent.keyring.parties import Parties
from services.consent.keyring.restricting import Restrictions
from services.consent.keyring.saying import Sayer
from services.consent.keyring.sides import Sides
from services.consent.keyring.stated import StatedInLog
from services.consent.keyring.suspending import Suspended
from services.consent.keyring.telling import Registry, Teller
from services.consent.keyring.timelines import Timelines
from services.consent.keyring.tracing import Traces
from services.consent.keyring.trying import Trier
from services.consent.keyring.unsealing import Keys, Unsealer
from services.consent.keyring.versions import AdoptionsInLog, Versions
from services.consent.keyring.whom import Whom
from services.consent.state.read_back import OtherShape
from services.consent.store.gate import GateStore
from services.consent.store.ledger import Ledger
from services.consent.store.lists import Lists
from services.consent.store.openings import Openings
from services.consent.worker.gate import Decides, Gate, Partition, Quiet, Writer
from services.consent.worker.hearing import Ear
from services.consent.worker.replaying import Replayer
from services.consent.worker.witness import Witness
from services.eventlog.access import Access
from services.eventlog.aliases import Kind, alias
from services.eventlog.catalogue_files import load_catalogue
from services.eventlog.errors import Unavailable
from services.eventlog.keys import FileKek, KeyStore
from services.eventlog.reader import KafkaReader
from services.eventlog.topics import DECISIONS, LOG, OPENINGS
from services.eventlog.writer import KafkaWriter
from services.runtime import garbage, telemetry
from services.runtime.clock import SystemClock, clock_for
from services.runtime.database import engine_for, overwrite_deleted
from services.runtime.identity import Verifier, folder_of, mint
from services.runtime.partnership import Partnership
from services.runtime.secrets import Secrets
from services.runtime.settings import Settings
from services.runtime.web import Standing, busy, create_app, serve
from services.vocabulary.agencies import in_order
from services.vocabulary.times import quarter_from

DATABASE = "consent"
ALIASES = 100_000
"""Aliases remembered: most incidents are heard of several times within days."""

GATE, KEYRING = "consent", "keyring"
"""Whose certificate each shows to the broker."""


class GateService:
    """The gate of one partition, and its HTTP side."""

    def __init__(self, settings: Settings, *, quiet: bool = False) -> None:
        self.engine = engine_for(DATABASE, settings)
        self.store = GateStore(self.engine)
        self.store.create_tables()
        self._settings = settings
        self._registered = Partnership.load(settings.partnership)
        self._secrets = Secrets.load(settings)
        self._ends = self._reader({})
        self.gate = Gate(self.store, self._partition(quiet=quiet))

    def app(self) -> FastAPI:
        """Return health, metrics and standing: the gate answers nothing else."""
        app = create_app("Sightline gate", self._settings, ready=self.is_ready, standing=self.standing)
        app.add_exception_handler(Unavailable, _unavailable)
        return app

    def is_ready(self) -> bool:
        """Say whether the database answers, the position is loaded and the log answered once."""
        try:
            self.store.position()
        except SQLAlchemyError:
            return False
        return self.gate.has_read

    def standing(self) -> Standing:
        """Return how far the gate is behind the log."""
        ends = self._ends.ends((LOG, DECISIONS))
        behind = max(ends[LOG] - self.gate.position, 0)
        return Standing(
            service="gate",
            behind=behind,
            pending=0,
            ends=ends,
            positions={LOG: self.gate.position},
            next_wake=self._next_wake(),
        )

    def _next_wake(self) -> datetime | None:
        """Return the first quarter hour at which something on the agenda is due: time comes in quarters."""
        due = self.store.next_due()
        return quarter_from(due) if due is not None else None

    def _partition(self, *, quiet: bool) -> Partition:
        writer: Writer = Quiet() if quiet else self._writer()
        return Partition(
            open_log=self._reader,
            decisions=writer,
            releases=writer,
            ear=Ear(load_catalogue(), self._secrets.routing),
            desk=self._desk(),
            clock=SystemClock(),
            decides=Decides.NOTHING_NEW if quiet else Decides.WHAT_IS_NEW,
        )

    def _desk(self) -> Desk:
        remembered = lru_cache(maxsize=ALIASES)(self._named)
        return desk_of(self._registered, remembered)

    def _named(self, internal_id: str, kind: Kind, recipient: str) -> str:
        return alias(self._secrets.alias, internal_id, kind, recipient)

    def _reader(self, starts: Mapping[str, int]) -> KafkaReader:
        return KafkaReader(Access.of(self._settings, GATE), starts, self._registered.partition)

    def _writer(self) -> KafkaWriter:
        return KafkaWriter(Access.of(self._settings, GATE), partition=self._registered.partition)


class KeyringService:
    """The keyring's HTTP side."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._registered = Partnership.load(settings.partnership)
        access = Access.of(settings, KEYRING)
        self._log = KafkaReader(access, {}, self._registered.partition)
        self._engine = engine_for(DATABASE, settings)
        GateStore(self._engine).create_tables()
        self._ledger = Ledger(self._engine)
        self._known = Secrets.load(settings)
        self._key_base = engine_for("keys", settings)
        self._persons = KeyStore(self._key_base, FileKek(self._known.kek))
        self._persons.create_tables()
        self.eraser = self._made_eraser(settings)
        self._unsealing = Keys(
            persons=Suspended(
                self._persons, self._ledger, self._ledger.person, applied=lambda: self.eraser.has_applied
            ),
            routing=self._known.routing,
            catalogue=load_catalogue(),
        )
        tokens = Linked(self._persons, self._ledger.person)
        self._parties = Parties(self._registered.person, tokens, self._known.match)
        self._restrictions = Restrictions(
            self._ledger, lambda: self._registered.people, tokens, self._known.match
        )
        self._openings = Openings(engine_for(KEYRING, settings))
        self._openings.create_tables()
        self.witness = Witness(self._openings, self._reader)
        self._opener = self._made_opener(settings, KafkaWriter(access, partition=self._registered.partition))

    def app(self) -> FastAPI:
        """Return everything the keyring answers."""
        app = create_app("Sightline keyring", self._settings, ready=self.is_ready, standing=self.standing)
        app.add_exception_handler(Unavailable, _unavailable)
        unsealer = Unsealer(self._log, self._unsealing)
        states = StatedInLog(unsealer, self._registered.people_of)
        agreements = Agreements(self._ledger, states)
        teller = Teller(self._ledger, self._registry(), self._parties, self._restrictions, agreements)
        app.include_router(
            api.router(
                api.Keyring(
                    verifier=Verifier(self._registered, self._settings.credentials),
                    opener=self._opener,
                    timelines=self._timelines(unsealer),
                    teller=teller,
                    ledger=self._ledger,
                    ledgers=Ledgers(
                        Lists(self._engine),
                        self._openings,
                        self._ledger,
                        self._parties,
                        self._restrictions,
                        Whom(self._ledger, unsealer),
                        states,
                        self._known.alias,
                    ),
                    incidents=Incidents(self._ledger, self._openings, teller, self._desk()),
                    published=self._published(unsealer),
                    traces=Traces(self._ledger, teller, self._log),
                    recipients=self._registered.recipients(),
                    trier=Trier(self._replayer()),
                    versions=Versions(self._ledger, AdoptionsInLog(unsealer)),
                    new_seed=lambda: secrets.token_hex(8),
                )
            )
        )
        return app

    def _replayer(self) -> Replayer:
        """Return what tries drafts: it decides as the gate does, and sends nothing, so needs no aliases."""
        return Replayer(self._reader, Ear(load_catalogue(), self._known.routing), self._desk())

    def _desk(self) -> Desk:
        return desk_of(self._registered, lambda *_: "")

    def is_ready(self) -> bool:
        """Say whether ledger, key store and log answer, and every erasure was carried out since the start."""
        try:
            self._ledger.position()
            self._persons.retired()
            self._log.end(OPENINGS)
        except (SQLAlchemyError, Unavailable):
            return False
        return self.eraser.has_applied

    def standing(self) -> Standing:
        """Return how far the copy of `openings` is behind the record, and of erasures to be done."""
        end = self._log.end(OPENINGS)
        position = self.witness.position
        behind = max(end - position, 0)
        return Standing(
            service="keyring",
            behind=behind,
            pending=self.eraser.pending(),
            ends={OPENINGS: end},
            positions={OPENINGS: position},
        )

    def _reader(self, starts: Mapping[str, int]) -> KafkaReader:
        return KafkaReader(Access.of(self._settings, KEYRING), starts, self._registered.partition)

    def _made_eraser(self, settings: Settings) -> Eraser:
        private = (settings.credentials / folder_of(KEYRING) / "key.pem").read_bytes()
        now = SystemClock().now
        sayer = Sayer(
            door=settings.ingest,
            token=lambda: mint(KEYRING, None, private, now()),
            alias_key=self._known.alias,
        )
        return Eraser(
            known=self._ledger,
            keys=self._persons,
            publish=sayer.erased,
            clock=clock_for(settings),
            log=self._log,
            position=self._ledger.position,
            staff=lambda: self._restrictions.staff_persons(),
            overwrite=lambda: overwrite_deleted(self._key_base),
        )

    def _made_opener(self, settings: Settings, writer: KafkaWriter) -> Opener:
        return Opener(
            ledger=self._ledger,
            log=self._log,
            openings=writer,
            keys=self._unsealing,
            parties=self._parties,
            restrictions=self._restrictions,
            sides=Sides(self._ledger),
            clock=clock_for(settings),
            new_id=lambda: secrets.token_hex(16),
        )

    def _timelines(self, unsealer: Unsealer) -> Timelines:
        return Timelines(
            ledger=self._ledger,
            opener=self._opener,
            unsealer=unsealer,
            alias_key=self._known.alias,
        )

    def _published(self, unsealer: Unsealer) -> Published:
        return Published(
            ledger=self._ledger,
            opener=self._opener,
            unsealer=unsealer,
            alias_key=self._known.alias,
        )

    def _registry(self) -> Registry:
        return Registry(
            publishers=self._registered.publishers(),
            title_of=self._registered.title_of,
            id_key=self._known.id,
            alias_key=self._known.alias,
        )


def desk_of(registered: Partnership, alias_of: Alias) -> Desk:
    """Return what decisions take from the registration file."""
    return Desk(
        recipients=in_order(registered.recipients()),
        alias=alias_of,
        by_event=registered.joiners(),
    )


async def _unavailable(_request: Request, _error: Exception) -> Response:
    return busy("the log does not answer just now: ask again")


def main(arguments: list[str]) -> int:
    """Serve, or do what was asked and return the exit code."""
    try:
        return _done(arguments)
    except OtherShape as error:
        print(error, file=sys.stderr)
        return 1


def _done(arguments: list[str]) -> int:
    settings = Settings.load()
    if arguments == ["gate"]:
        telemetry.setup("gate", settings)
        service = GateService(settings)
        garbage.look_seldom()
        serve(service.app(), settings, service.gate.run)
    elif arguments == ["keyring"]:
        telemetry.setup("keyring", settings)
        keyring = KeyringService(settings)
        serve(keyring.app(), settings, keyring.witness.run, keyring.eraser.run)
    elif arguments == ["rebuild"]:
        commands.clear(engine_for(DATABASE, settings))
        print(commands.catch_up(GateService(settings, quiet=True).gate), "records folded again")
    elif arguments == ["dump"]:
        for line in commands.dump(engine_for(DATABASE, settings)):
            print(line)
    else:
        print("say gate, keyring, rebuild or dump", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
