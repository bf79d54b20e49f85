"""The keyring as it is asked over HTTP: its routes over a bench, and callers with keys."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from services.consent.api import routes as api
from services.consent.keyring.agreed import Agreements
from services.consent.keyring.incidents import Incidents
from services.consent.keyring.ledgers import Ledgers
from services.consent.keyring.linked import Linked
from services.consent.keyring.opening import Opener
from services.consent.keyring.own import Published
from services.consent.keyring.parties import Parties
from services.consent.keyring.restricting import Restrictions
from services.consent.keyring.sides import Sides
from services.consent.keyring.stated import StatedInLog
from services.consent.keyring.telling import Registry, Teller
from services.consent.keyring.timelines import Timelines
from services.consent.keyring.tracing import Traces
from services.consent.keyring.trying import Trier
from services.consent.keyring.unsealing import Keys, Unsealer
from services.consent.keyring.versions import AdoptionsInLog, Versions
from services.consent.keyring.whom import Whom
from services.consent.state.heard import Heard
from services.consent.store.ledger import Ledger
from services.consent.store.lists import Lists
from services.consent.store.openings import Openings
from services.consent.worker.hearing import Ear
from services.consent.worker.replaying import Replayer
from services.consent.worker.witness import Witness
from services.eventlog.keys import FileKek, KeyStore
from services.eventlog.memory import MemoryLog
from services.runtime.certificates import enrol
from services.runtime.clock import SystemClock
from services.runtime.database import engine_at
from services.runtime.identity import Verifier, folder_of, mint
from services.runtime.partnership import Partnership, Person
from services.runtime.problems import handle_problems
from services.runtime.settings import DEMO_PARTNERSHIP
from tests.gate_builders import (
    ALIAS_KEY,
    PERSON_KEY,
    ROUTING_KEY,
    START,
    Bench,
    catalogue,
    desk,
    internal,
    policy_adopted,
)

ID_KEY, MATCH_KEY = b"i" * 32, b"m" * 32
PARTNERSHIP = Partnership.load(DEMO_PARTNERSHIP)
HUB, RESPONDER = ("police", "p-hub-1"), ("police", "p-responder-3")
AUDITOR, OFFICE = ("partnership", "p-partnership-2"), ("partnership", "p-partnership-1")
LEAD, PRACTITIONER = ("cedah", "p-cedah-1"), ("cedah", "p-cedah-2")


def trier(bench: Bench) -> Trier:
    """Return what tries drafts on the log of a bench."""
    return Trier(Replayer(bench.log.reader, Ear(catalogue(), ROUTING_KEY), desk()))


_seeds = count(1)


class Office:
    """The keyring's HTTP side over a bench, of a log that is given if any, and callers with keys."""

    def __init__(self, url: str, folder: Path, log: MemoryLog | None = None) -> None:
        self.changed: dict[str, dict[str, Any]] = {}
        engine = engine_at(url)
        self.bench = Bench(engine, log=log)
        self._folder = folder
        keys = KeyStore(engine, FileKek(b"k" * 32), randomness=lambda size: PERSON_KEY[:size])
        keys.create_tables()
        keys.create([internal("victim"), internal("causing harm"), internal("one")], at=START)
        ledger = Ledger(engine)
        self.keys, self.openings = keys, Openings(engine)
        self.openings.create_tables()
        tokens = Linked(keys, ledger.person)
        parties = Parties(self.person, tokens, MATCH_KEY)
        restrictions = Restrictions(ledger, self.people, tokens, MATCH_KEY)
        self.trier = trier(self.bench)
        opens = Keys(persons=keys, routing=ROUTING_KEY, catalogue=catalogue())
        registry = Registry(
            publishers=PARTNERSHIP.publishers(),
            title_of=PARTNERSHIP.title_of,
            id_key=ID_KEY,
            alias_key=ALIAS_KEY,
        )
        unsealer = Unsealer(self.bench.log.reader({}), opens)
        states = StatedInLog(unsealer, PARTNERSHIP.people_of)
        teller = Teller(ledger, registry, parties, restrictions, Agreements(ledger, states))
        opener = Opener(
            ledger=ledger,
            log=self.bench.log.reader({}),
            openings=self.bench.log.writer(),
            keys=opens,
            parties=parties,
            restrictions=restrictions,
            sides=Sides(ledger),
            clock=self.bench.clock,
            new_id=lambda: "0" * 32,
        )
        self._app = FastAPI()
        handle_problems(self._app)
        self._app.include_router(
            api.router(
                api.Keyring(
                    verifier=Verifier(PARTNERSHIP, folder),
                    opener=opener,
                    timelines=Timelines(
                        ledger=ledger,
                        opener=opener,
                        unsealer=unsealer,
                        alias_key=ALIAS_KEY,
                    ),
                    teller=teller,
                    incidents=Incidents(ledger, self.openings, teller, desk()),
                    published=Published(ledger=ledger, opener=opener, unsealer=unsealer, alias_key=ALIAS_KEY),
                    traces=Traces(ledger, teller, self.bench.log.reader({})),
                    ledger=ledger,
                    ledgers=Ledgers(
                        Lists(engine),
                        self.openings,
                        ledger,
                        parties,
                        restrictions,
                        Whom(ledger, unsealer),
                        states,
                        ALIAS_KEY,
                    ),
                    recipients=PARTNERSHIP.recipients(),
                    trier=self.trier,
                    versions=Versions(ledger, AdoptionsInLog(unsealer)),
                    new_seed=lambda: f"seed-{next(_seeds)}",
                )
            )
        )
        self.bench.publish(policy_adopted())

    def person(self, person_id: str) -> Person | None:
        """Return somebody registered, as this test has them."""
        known = PARTNERSHIP.person(person_id)
        return replace(known, **self.changed.get(person_id, {})) if known is not None else None

    def people(self) -> list[Person]:
        """Return everybody registered, as this test has them."""
        return [replace(each, **self.changed.get(each.id, {})) for each in PARTNERSHIP.people]

    def ask(
        self, who: tuple[str, str | None], path: str, body: Mapping[str, Any] | None = None
    ) -> httpx.Response:
        async def answer() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://keyring") as client:
                headers = {"authorization": f"Bearer {self._token(*who)}"}
                if body is None:
                    return await client.get(path, headers=headers)
                return await client.post(path, headers=headers, json=body)

        return asyncio.run(answer())

    def decisions(self, who: tuple[str, str | None], event: str, to: str | None = None) -> dict[str, Any]:
        found = self.ask(who, f"/v1/events/{event}/explanation" + (f"?to={to}" if to else ""))
        assert found.status_code == 200, found.text
        return {row["recipient"]: row for row in found.json()["decisions"]}

    def _token(self, agency: str, person: str | None) -> str:
        own = self._folder / folder_of(agency)
        if not own.exists():
            enrol(self._folder, [agency])
        return mint(agency, person, (own / "key.pem").read_bytes(), SystemClock().now())


def settled(office: Office, *events: Heard) -> Office:
    """Return the office once all of these were decided."""
    office.bench.publish(*events)
    office.bench.settle()
    return office


def rows(office: Office, name: str, who: tuple[str, str | None] = HUB, **query: Any) -> list[dict[str, Any]]:
    """Return the rows of one of the ledger's lists, as somebody is answered."""
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    found = office.ask(who, f"/v1/ledger/{name}?{asked}")
    assert found.status_code == 200, found.text
    return list(found.json()["rows"])


def opened(
    office: Office, who: tuple[str, str | None], release_id: str, purpose: str = "Safety planning"
) -> int:
    """Open all of a release, let the lists hear of it, and return the status of the answer."""
    asked = office.ask(who, "/v1/open", {"release_id": release_id, "purpose": purpose})
    hear_openings(office)
    return asked.status_code


def hear_openings(office: Office) -> None:
    """Let the lists hear of everything that is on record of openings."""
    witness = Witness(office.openings, office.bench.log.reader)
    while witness.step(0.0):
        pass
