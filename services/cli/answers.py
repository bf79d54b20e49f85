"""Asks a running system for everything the demo prints: over HTTP, from its bundle, and from its disk."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from services.audit.commands import export
from services.audit.verifier import read_checkpoint, trust_root, verify
from services.cli.client import System
from services.runtime.certificates import ADMIN
from services.synthetic.dated import Dated
from services.synthetic.names import tokens
from services.synthetic.printout import Answers, Head, Searched, Story, Verified
from services.synthetic.scan import Needles, scan_files, scan_values

PAGE = 1000
PATIENCE_SECONDS = 10.0

Tell = Callable[[str], None]
"""Told now and then what is being done."""


def ask(
    system: System, events: Sequence[Dated], first: date, last: date, tell: Tell = lambda text: None
) -> Answers:
    """Return what the services answer about occurrences from `first` to `last`.

    `events` say which invented words to search for and which incident to tell as a story, nothing else.
    """
    days = {"from": first.isoformat(), "to": last.isoformat()}
    return Answers(
        title=f"{system.partnership.title}, {first:%d %B %Y} to {last:%d %B %Y}",
        ledger=system.get("/v1/ledger/summary").good(),
        schools=system.get("/v1/schools/status", days).good(),
        story=story(system, events),
        verified=verified(system),
        searched=searched(system, tokens(dated.event for dated in events), tell),
        console=system.url,
    )


def story(system: System, events: Sequence[Dated]) -> Story | None:
    """Return one incident as decided: the first at high risk whose children are at schools."""
    chosen = next((dated.event for dated in events if _tells_much(dated.event)), None)
    if chosen is None:
        return None
    reference = str(chosen["incident"])
    told = [dated.event for dated in events if dated.event.get("incident") == reference]
    chapters = tuple((_chapter(event), _explained(system, str(event["id"]))) for event in told)
    return Story(chapters=chapters, notifications=tuple(_heard(system, chapters[0][1])))


def _tells_much(event: Mapping[str, Any]) -> bool:
    children = event.get("children") or ()
    schools = {child["school_urn"] for child in children if str(child.get("school_urn")).startswith("9001")}
    return event["type"] == "VpaReviewed" and event["facts"]["risk"] == "high" and len(schools) > 1


def _chapter(event: Mapping[str, Any]) -> str:
    risk = event.get("facts", {}).get("risk")
    return f"{event['type']} {event['occurred_at'][:16]}" + (f", {risk} risk" if risk else "")


def _explained(system: System, event_id: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = system.get(f"/v1/events/{event_id}/explanation").good()
    return found


def _heard(system: System, raised: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    found = system.get("/v1/schools/notifications").good()["notifications"]
    yield from (row for row in found if row["event_id"] == raised["event_id"])


def verified(system: System) -> Verified:
    """Export the whole record, verify it offline under the key the system was started with."""
    key = str(system.described["checkpoint_key"])
    with tempfile.TemporaryDirectory(dir=system.data) as scratch:
        bundle = Path(scratch) / "bundle"
        export(system, bundle, None)
        result = verify(bundle, key)
        heads = tuple(_head(bundle, key, tree) for tree in ("log", "decisions"))
    return Verified(ok=result.ok, heads=heads, problems=result.problems)


def _head(bundle: Path, key: str, tree: str) -> Head:
    size, root = read_checkpoint(bundle, trust_root(key), tree)
    return Head(tree=tree, size=size, root=root.hex())


def searched(system: System, words: frozenset[str], tell: Tell = lambda text: None) -> Searched:
    """Search everything the system keeps: its files, and every topic as a reader gets it."""
    needles = Needles(words)
    files, findings = scan_files(
        [system.data], needles, lambda read: tell(f"searching file {read} for anybody")
    )
    records, found = scan_values("a topic", _records(system), needles)
    places = tuple(f"{one.place} ({one.disguise})" for one in findings + found)
    return Searched(words=len(words), files=files, records=records, found=places)


def _records(system: System) -> Iterator[bytes]:
    """Yield every record of every topic, as a reader gets it: key, value and headers."""
    from services.eventlog import topics
    from services.eventlog.access import Access
    from services.eventlog.reader import KafkaReader

    access = Access.at(str(system.described["kafka"]), system.data / "credentials", ADMIN)
    names = topics.names(system.partnership)
    reader = KafkaReader(access, dict.fromkeys(names, 0), system.partnership.partition)
    try:
        left = sum(reader.end(topic) for topic in names)
        while left:
            for stored in reader.read(PAGE, PATIENCE_SECONDS):
                left -= 1
                yield b"\x00".join((stored.key, stored.value, *(value for _, value in stored.headers)))
    finally:
        reader.close()
