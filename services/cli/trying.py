"""The log decided once more, under a draft or by today's code: asked of the keyring, and printed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from services.cli.client import Lost, System
from services.cli.errors import CliError, NothingFound, Refused
from services.runtime.clock import elapsed

SILENT_SECONDS = 2.0
"""How long it may take before anything is said, and between two sayings."""

NOT_FOUND = 404
EVERY_EVENT = frozenset({"own", "partnership"})
"""Grounds of what goes out as it is, whatever the policy: told only where a draft changes it."""

Row = Mapping[str, Any]
Tell = Callable[[str], None]


def tried(system: System, text: str, examples: int, tell: Tell) -> dict[str, Any]:
    """Return what a draft would have done on the log as it is. Raises CliError where it could not be told."""
    body = {"text": text, "examples": examples}
    try:
        with system.download("/v1/policy/whatif", {}, body=body) as answer:
            return last(map(json.loads, answer), tell)
    except Refused as error:
        if error.status == NOT_FOUND:
            raise NothingFound(
                "a draft is tried by the Hub's lead or the partnership's office alone"
            ) from error
        raise


def redecided(system: System, tell: Tell) -> dict[str, Any]:
    """Return where today's code would decide otherwise. Raises CliError where it could not be told."""
    try:
        with system.download("/v1/decisions/redecided", {}) as answer:
            return last(map(json.loads, answer), tell)
    except Refused as error:
        if error.status == NOT_FOUND:
            raise NothingFound("decisions are made again for the Hub and auditors alone") from error
        raise


def redecided_lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield where today's code differs from the record, for people."""
    decided = ", ".join(f"{count:,} by version {version}" for version, count in found["versions"].items())
    yield f"{found['events']:,} events, decided: {decided or 'none'}; today's code is version"
    yield f"{found['decision_version']}, and answers or sends {found['differing']:,} otherwise"
    for row in found["differences"]:
        yield f"  {row['recipient']} of {row['event_id']}, because of {row['cause']} ({row['offset']})"
        yield f"    recorded  {row['recorded']}"
        yield f"    today     {row['today']}"


def last(lines: Iterable[Row], tell: Tell, every: float = SILENT_SECONDS) -> dict[str, Any]:
    """Return the result, which is the last line; say how far it is every so many seconds."""
    said = elapsed()
    for line in lines:
        if "problem" in line:
            raise CliError(str(line["problem"]))
        if "result" in line:
            return dict(line["result"])
        if elapsed() - said >= every:
            said = elapsed()
            tell(f"replayed {line['read']:,} of {line['of']:,} events")
    raise Lost("the answer ended before the result: ask again")


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a draft would have done, for people."""
    draft = found["draft"]
    yield f"Had {draft['name']}, version {draft['version']} ({draft['hash'][:12]}), been the policy from the"
    yield f"first, of the {found['events']:,} events in the log"
    if not found["lawful"]:
        yield "  (it may not be adopted: it releases on what is no lawful ground)"
    yield from _rows("these would have been sent, and were not:", found["more"], "ground")
    yield from _rows("these would not have been sent, and were:", found["fewer"], "ground")
    yield from _otherwise(found["otherwise"])
    yield from _rows("these would be owed and withheld, as it stands:", found["withheld"], "reason")
    yield from _rows("these are owed and withheld in fact:", found["withheld_in_fact"], "reason")
    yield "In all would have been sent, and was:"
    for (recipient, ground), (would, did) in _received(found["received"]).items():
        if ground not in EVERY_EVENT or would != did:
            yield f"  {recipient:<20} {ground:<20} {would:>9,} {did:>9,}"


def _received(rows: Iterable[Row]) -> Mapping[tuple[str, str], tuple[int, int]]:
    """Return how many would have been sent and were, those of a kind of recipient as one."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for row in rows:
        category, colon, _ = row["recipient"].partition(":")
        key = (f"{category}:*" if colon else category, row["ground"])
        would, did = sums.get(key, (0, 0))
        sums[key] = would + row["draft"], did + row["recorded"]
    return sums


def _rows(title: str, rows: Iterable[Row], why: str) -> Iterator[str]:
    rows = list(rows)
    yield title if rows else f"{title} none"
    for row in rows:
        examples = f"  {', '.join(row['examples'])}" if row["examples"] else ""
        yield f"  {row['recipient']:<20} {row[why]:<20} {row['count']:>9,}{examples}"


def _otherwise(rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        changed = [f"with {row['gained']}"] if row["gained"] else []
        changed += [f"without {row['lost']}"] if row["lost"] else []
        yield f"  {row['recipient']:<20} {' and '.join(changed)}: {row['count']:,}"
