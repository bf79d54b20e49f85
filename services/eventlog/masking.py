"""A record with everything masked but a list of names: deny by default. Never ciphertext, never plaintext."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.eventlog import codec
from services.eventlog.errors import LogError
from services.eventlog.records import Stored
from services.vocabulary.times import format_time

SHOWN = {
    "decisions": ("event_id", "event_type", "decided_at", "offset", "policy", "version"),
    "openings": ("opening_id", "release_id", "agency", "recipient", "at", "refused"),
    "release": (
        *("release_id", "kind", "recipient", "seq", "cause", "event_id", "decided_at"),
        *("ground", "rule", "policy", "purpose", "expects", "not_after"),
    ),
    "event": ("event_id", "type", "schema_id", "recorded_at"),
}
"""Fields that are shown, by what a record is. A purpose of an opening, a person and an alias are not."""

MASKED = "masked"
TRACE = re.compile("00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}", re.ASCII)
RELEASES = "to."


def masked(topic: str, stored: Stored) -> dict[str, Any]:
    """Return what may be shown of a record: never ciphertext, never plaintext."""
    try:
        return _masked(topic, stored.value)
    except (LogError, ValueError, KeyError, TypeError) as error:
        return {"unreadable": type(error).__name__.lower()}


def _masked(topic: str, value: bytes) -> dict[str, Any]:
    if topic == "log":
        return _event(value)
    if topic.startswith(RELEASES):
        return _release(value)
    if topic in SHOWN:
        return _of(json.loads(value), SHOWN[topic])
    return {"bytes": len(value)}


def _event(value: bytes) -> dict[str, Any]:
    envelope = codec.decode_envelope(value)
    header = codec.decode_header(envelope.header)
    names = [codec.section_name(sealed.body) for sealed in envelope.sections]
    return {**_fields(header, SHOWN["event"]), "sections": names}


def _release(value: bytes) -> dict[str, Any]:
    release = codec.decode_release(value)
    names = [codec.section_name(sealed.body) for sealed in release.sections]
    return {**_fields(release, SHOWN["release"]), "sections": names}


def _fields(record: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _plain(getattr(record, name)) for name in names}


def _of(record: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _plain(value) if name in names else MASKED for name, value in record.items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return format_time(value)
    return value if isinstance(value, str | int | None) else str(value)


def place(stored: Stored) -> dict[str, Any]:
    """Return where a record lies, since when, and in which trace it came, where it came in one."""
    where = {"topic": stored.topic, "partition": stored.partition, "offset": stored.offset}
    parent = TRACE.fullmatch(dict(stored.headers).get("traceparent", b"").decode("ascii", "replace"))
    trace = {"trace": parent[1]} if parent else {}
    return {**where, "appended_at": format_time(stored.timestamp), **trace}
