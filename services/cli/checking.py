"""What the door would say to a file of events: read as `publish` reads it, asked of the door's own rules."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from services.cli.client import System
from services.cli.errors import CliError
from services.cli.publishing import Line
from services.cli.settling import clock_of
from services.eventlog.catalogue_files import load_catalogue
from services.ingest.__main__ import registered
from services.ingest.forms.documents import Forms
from services.ingest.forms.foresight import Foreseen, Foresight
from services.ingest.state import Sender
from services.runtime.clock import Clock, SystemClock
from services.runtime.partnership import Role
from services.vocabulary.agencies import SERVICES
from services.vocabulary.sandbox import rehearsed

STANDARD_INPUT = Path("-")


def content_of(file: Path) -> bytes:
    """Return what is in a file, or comes on standard input. Raises CliError where there is no such file."""
    if file == STANDARD_INPUT:
        return sys.stdin.buffer.read()
    if not file.is_file():
        raise CliError(f"no file `{file}`: name one with events, or - for standard input")
    return file.read_bytes()


def check(system: System, content: bytes, agency: str, person: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield what the door would say of each event, in order, in the shape of `publish`.

    `not_checked` besides is what the door would say if the id, incident or person that an event names were
    not as it says. The registration file is the running system's where `system` has one, else the demo's;
    nothing runs, and nothing is sent. Raises CliError for who is not registered.
    """
    sender = _sender(system, agency, person)
    foresight = Foresight(
        Forms(load_catalogue()), registered(system.partnership), sender, _clock(system).now()
    )
    for line in _lines(agency, content):
        if line.fault is not None:
            yield _row(id=None, status="refused", reasons=[dict(line.fault)])
            continue
        for foreseen in foresight.of(line.text.encode(errors="surrogateescape")):
            yield _as_json(foreseen)


def _lines(agency: str, content: bytes) -> Iterator[Line]:
    """Yield the requests a file stands for: itself where it is one document, else each of its lines."""
    text = content.decode("utf-8", "surrogateescape")
    lines = [line.strip() for line in io.StringIO(text, newline=None) if line.strip()]
    if len(lines) == 1 and not lines[0].startswith("["):
        yield Line.of(agency, lines[0])
    elif _is_json(text) or not any(_is_object(line) for line in lines):
        yield Line(agency=agency, text=text, id=None, at=None)
    else:
        yield from (Line.of(agency, line) for line in lines)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_object(line: str) -> bool:
    return line.startswith("{") and _is_json(line)


def _sender(system: System, agency: str, person: str | None) -> Sender:
    """Return who publishes, as the door would know them by their token."""
    if agency in SERVICES:
        return Sender(agency=agency, person=None, role=Role.SERVICE.value)
    if agency in system.partnership.sandboxes():
        return _sender(system, rehearsed(agency), person)
    if agency not in system.partnership.publishers():
        raise CliError(f"`{agency}` is no registered agency or school: check --as and --data")
    who = person or system.first_person(agency)
    if who is None:
        return Sender(agency=agency, person=None, role=Role.SYSTEM.value)
    known = {each.id: each.role for each in system.partnership.people_of(agency)}
    if who not in known:
        raise CliError(f"`{who}` is nobody registered for `{agency}`: check --person and --as")
    return Sender(agency=agency, person=who, role=known[who].value)


def _clock(system: System) -> Clock:
    return clock_of(system) if system.described.get("simulated", False) else SystemClock()


def _as_json(foreseen: Foreseen) -> dict[str, Any]:
    taken = foreseen.taken
    return _row(
        id=taken.id,
        status=taken.status.value,
        reasons=[asdict(each) for each in taken.reasons],
        defects=[asdict(each) for each in taken.defects],
        not_checked=[asdict(each) for each in foreseen.not_checked],
    )


def _row(**said: Any) -> dict[str, Any]:
    return {
        "id": None,
        "status": "",
        "receipt": None,
        "reasons": [],
        "defects": [],
        "not_checked": [],
        **said,
    }
