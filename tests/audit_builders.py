"""A small record to audit: events sealed for invented people, decisions about them, openings."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.audit.rules.notes import Signer
from services.audit.store.bundles import Bundles
from services.audit.store.leaves import Store
from services.audit.store.trees import Trees
from services.audit.worker import Worker
from services.eventlog.codec import encode_envelope
from services.eventlog.envelope import Envelope
from services.eventlog.memory import MemoryLog, MemoryReader
from services.eventlog.records import Record
from services.eventlog.sealing import PlainSection, plan_leaves, seal_event
from services.runtime.database import engine_at

ROUTING_KEY = bytes(32)
PERSON = "p" * 32
BEGAN = datetime(2024, 9, 1, tzinfo=UTC)
SECTIONS = ("routing", "facts", "incident", "victim", "narrative")


def an_event(number: int) -> tuple[Envelope, tuple[int, ...]]:
    """Return event number `number`, and the leaf of each of `SECTIONS` in it."""
    rng = random.Random(number)
    _, leaves = plan_leaves(len(SECTIONS), rng.shuffle)
    sections = [
        PlainSection(name=name, schema_id=f"{name}/1", leaf=leaf, person=_whose(name), plaintext=b"sealed")
        for name, leaf in zip(SECTIONS, leaves, strict=True)
    ]
    envelope = seal_event(
        event_id=f"event-{number}",
        type="VpaReviewed",
        schema_id="VpaReviewed/1",
        recorded_at=BEGAN + timedelta(minutes=number),
        sections=sections,
        keys={PERSON: bytes(32)},
        routing_key=ROUTING_KEY,
        randomness=rng.randbytes,
    )
    return envelope, leaves


def _whose(name: str) -> str | None:
    return None if name in ("routing", "facts") else PERSON


def a_decision(number: int, leaves: tuple[int, ...], *, to: str, seq: int) -> bytes:
    """Return the decision on an event: facts and victim to one recipient, under that number."""
    chosen = {"facts": leaves[1], "victim": leaves[3]}
    emit = {
        "recipient": to, "kind": "new", "seq": seq, "release_id": f"release-{number}",
        "cause": f"event-{number}", "event_id": f"event-{number}", "event_offset": number,
        "incident": "alias", "person": "alias",
        "ground": "high-risk", "rule": "dafsu-high", "purpose": "support", "expects": None, "not_after": None,
        "reason": None, "sections": list(chosen), "leaves": list(chosen.values()),
    }  # fmt: skip
    decision = {"event_id": f"event-{number}", "event_type": "VpaReviewed", "offset": number, "emits": [emit]}
    return json.dumps(decision, sort_keys=True).encode()


def records(count: int, *, first: int = 0) -> list[tuple[str, Record]]:
    """Return events, each with its decision and an opening; DAFSU gets the even ones, CEDAH the odd."""
    made = []
    for number in range(first, first + count):
        envelope, leaves = an_event(number)
        to = "cedah" if number % 2 else "dafsu"
        decision = a_decision(number, leaves, to=to, seq=number // 2 + 1)
        opening = json.dumps({"opening_id": f"opening-{number}"}).encode()
        made.append(("log", Record(key=b"k", value=encode_envelope(envelope))))
        made.append(("decisions", Record(key=b"k", value=decision)))
        made.append(("openings", Record(key=b"k", value=opening)))
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """An audit over a log in memory."""

    log: MemoryLog
    store: Store
    trees: Trees
    worker: Worker
    bundles: Bundles
    signer: Signer

    def publish(self, count: int, *, first: int = 0) -> None:
        """Append that many events, each decided and opened; DAFSU gets the even ones, CEDAH the odd."""
        self.log.writer().append_many(records(count, first=first))

    def follow(self) -> None:
        """Read until there is nothing more."""
        while self.worker.step(0.0):
            pass

    def full(self, directory: Path) -> Path:
        """Make a full bundle in a new directory and return it."""
        directory.mkdir()
        self.bundles.full(directory)
        return directory

    def redacted(self, recipient: str, directory: Path) -> Path:
        """Make a recipient's bundle in a new directory and return it."""
        directory.mkdir()
        self.bundles.of(recipient, directory)
        return directory


def an_audit(url: str, *, log: MemoryLog | None = None, key: Ed25519PrivateKey | None = None) -> Audited:
    """Return an audit that keeps its leaves at a database URL."""
    kept = log or MemoryLog()
    signer = Signer(partnership="cheshire", key=key or Ed25519PrivateKey.from_private_bytes(bytes(32)))
    store = Store(engine_at(url))
    trees = Trees(store, signer, kept.writer())

    def open_log(starts: Mapping[str, int]) -> MemoryReader:
        return kept.reader(starts)

    return Audited(
        log=kept,
        store=store,
        trees=trees,
        worker=Worker(trees, open_log),
        bundles=Bundles(trees, store, signer, open_log),
        signer=signer,
    )


def a_file(directory: Path) -> str:
    """Return the URL of a database of the audit's own in a directory."""
    return f"sqlite:///{directory / 'audit-of-the-test.db'}"
