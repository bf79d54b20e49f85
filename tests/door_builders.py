"""A door that is whole but for the broker: its log is in memory, its callers speak HTTP to the app itself."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import anyio
import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.eventlog.catalogue_files import SCHEMAS, load_catalogue
from services.eventlog.codec import decode_content, decode_envelope, decode_header, decode_section
from services.eventlog.keys import FileKek, KeyStore
from services.eventlog.memory import MemoryLog
from services.eventlog.records import Stored
from services.eventlog.sealing import open_routed, open_section, person_of, verify_sections
from services.ingest.__main__ import Door
from services.runtime.clock import FixedClock, SystemClock
from services.runtime.database import engine_at
from services.runtime.identity import folder_of, mint
from services.runtime.partnership import Partnership
from services.runtime.secrets import Secrets
from services.runtime.settings import DEMO_PARTNERSHIP, Settings
from services.vocabulary.agencies import SERVICES
from services.vocabulary.sandbox import rehearsed

NOW = datetime(2024, 9, 10, 9, 5, tzinfo=UTC)
NOBODY = "nobody in particular"
"""Given for a person: a token that names none."""

Event = dict[str, Any]


@cache
def demo_partnership() -> Partnership:
    """Return who is registered for the demo, read once."""
    return Partnership.load(DEMO_PARTNERSHIP)


def example(event_type: str) -> Event:
    """Return the example document that stands beside a type's schema."""
    found = next(SCHEMAS.rglob(f"{event_type}.example.json"))
    document: Event = json.loads(found.read_text("utf-8"))
    return document


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One event of the log, opened with every key there is."""

    id: str
    type: str
    routing: dict[str, Any]
    facts: dict[str, Any]
    sections: dict[str, dict[str, Any]]
    children: list[dict[str, Any]]
    persons: dict[str, str | None] = field(default_factory=dict)


class Publisher:
    """Somebody who knows how to publish: mints a token for each request."""

    def __init__(self, client: httpx.AsyncClient, keys: dict[str, bytes], partnership: Partnership) -> None:
        self._client = client
        self._keys = keys
        self._partnership = partnership

    def token(self, agency: str, person: str | None = None) -> str:
        """Return a token for an agency's first person, for the one named, for nobody, or for a service."""
        people = self._partnership.people_of(rehearsed(agency))
        first = people[0].id if people else None
        who = None if person == NOBODY else person or first
        return mint(agency, who, self._keys[agency], SystemClock().now())

    def post(self, body: bytes, agency: str = "police", person: str | None = None) -> httpx.Response:
        """Send bytes as an agency."""
        headers = {
            "authorization": f"Bearer {self.token(agency, person)}",
            "content-type": "application/json",
        }
        return self._run("POST", "/v1/events", content=body, headers=headers)

    def publish(self, event: Event | Sequence[Event], agency: str = "police", **who: str) -> httpx.Response:
        """Send one event or several as an agency."""
        return self.post(json.dumps(event).encode(), agency, **who)

    def get(self, path: str, agency: str = "police") -> httpx.Response:
        """Ask for something as an agency."""
        return self._run("GET", path, headers={"authorization": f"Bearer {self.token(agency)}"})

    def anonymous(self, path: str, body: bytes = b"{}") -> httpx.Response:
        """Send something as nobody."""
        return self._run("POST", path, content=body)

    def _run(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            return await self._client.request(method, path, **more)

        return anyio.run(ask)


class OpenDoor:
    """A running door with a log in memory, and the keys to read what it wrote."""

    def __init__(self, data: Path, url: str, *, patience: float = 5.0) -> None:
        self.data, self.url = data, url
        self.clock = FixedClock(NOW)
        self.log = MemoryLog(self.clock.now)
        self.partnership = demo_partnership()
        self.keys = _credentials(
            data, (*self.partnership.publishers(), *self.partnership.sandboxes(), *SERVICES)
        )
        Secrets.ensure(data)
        self.settings = Settings(data=data, simulated=True)
        self.secrets = Secrets.load(self.settings)
        self.engine = engine_at(url)
        self.catalogue = load_catalogue()
        self.door = self._door(patience)
        transport = httpx.ASGITransport(app=self.door.app(), raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url="http://door")
        self.publisher = Publisher(client, self.keys, self.partnership)

    def started_anew(self) -> Door:
        """Return the same door once more, with nothing of what the first has in memory."""
        return self._door(5.0)

    def _door(self, patience: float) -> Door:
        return Door(
            self.settings,
            own=self.engine,
            keys=self.engine,
            writer=self.log.writer(),
            clock=self.clock,
            patience=patience,
        )

    def stored(self) -> list[Stored]:
        """Return everything in the log."""
        reader = self.log.reader({"log": 0})
        return list(reader.read(10_000, 0.01))

    def opened(self) -> list[Opened]:
        """Return everything in the log, opened, copies left out."""
        first = {record.key: record for record in reversed(self.stored())}
        return [self._open(r) for r in self.stored() if first[r.key] is r]

    def _open(self, record: Stored) -> Opened:
        envelope = decode_envelope(record.value)
        verify_sections(envelope)
        header = decode_header(envelope.header)
        opened = Opened(id=header.event_id, type=header.type, routing={}, facts={}, sections={}, children=[])
        for sealed in envelope.sections:
            self._into(opened, sealed.body)
        return opened

    def _into(self, opened: Opened, body: bytes) -> None:
        section = decode_section(body)
        schema = self.catalogue.section(section.schema_id, opened.type)
        person = person_of(section, opened.id, self.secrets.routing)
        value = decode_content(schema, self._plain(section, opened.id, person))
        opened.persons.setdefault(section.name, person)
        if section.name in ("routing", "facts"):
            getattr(opened, section.name).update(value)
        elif section.name == "children":
            opened.children.append({**value, "leaf": section.index, "person": person})
        else:
            opened.sections[section.name] = value

    def _plain(self, section: Any, event: str, person: str | None) -> bytes:
        if person is None:
            return open_routed(section, event, self.secrets.routing)
        return open_section(section, event, KeyStore(self.engine, FileKek(self.secrets.kek)).get(person))


@contextmanager
def open_door(data: Path, url: str, *, patience: float = 5.0) -> Iterator[OpenDoor]:
    """Run a door with its appender until the block ends."""
    opened = OpenDoor(data, url, patience=patience)
    closing = threading.Event()
    appender = threading.Thread(target=_append, args=(opened.door, closing), daemon=True)
    appender.start()
    try:
        yield opened
    finally:
        closing.set()
        appender.join(5)
        opened.engine.dispose()


def _append(door: Door, closing: threading.Event) -> None:
    from services.eventlog.errors import Unavailable

    while not closing.is_set():
        try:
            if door.appender.step() == 0:
                door.progress.wait_for_rows(0.02)
        except Unavailable:
            closing.wait(0.02)


def _credentials(data: Path, names: Sequence[str]) -> dict[str, bytes]:
    keys = {}
    for name in names:
        folder = data / "credentials" / folder_of(name)
        folder.mkdir(parents=True, exist_ok=True)
        key = Ed25519PrivateKey.generate()
        keys[name] = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        (folder / "key.pub.pem").write_bytes(public)
    return keys


def later(hours: float) -> datetime:
    """Return a moment after `NOW`."""
    return NOW + timedelta(hours=hours)
