"""How the command prints: for people by default, JSON with `--json`; progress goes to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from services.synthetic.printout import Answers


def document(value: object) -> None:
    """Print one JSON document on one line."""
    print(json.dumps(value, ensure_ascii=False), flush=True)


def progress(text: str) -> None:
    """Say what is being waited for."""
    print(f"sightline: {text}", file=sys.stderr, flush=True)


def answers(told: Answers) -> None:
    """Print what the services answered of a month, for people."""
    from services.synthetic.printout import lines

    for line in lines(told):
        print(line, flush=True)


def answers_as_json(told: Answers) -> None:
    """Print what the services answered of a month as one document."""
    document(told.as_json())


def release(row: Mapping[str, Any]) -> str:
    """Return a release as one line for people: number, what, ground, and which sections."""
    names = ", ".join(row["sections"]) or "nothing"
    return (
        f"{row['seq']:>6}  {row['kind']:<9} {row['event_type']:<12} {row['ground'] or row['reason']}: {names}"
    )


def decision(row: Mapping[str, Any]) -> str:
    """Return a decision as one line for people."""
    why = row.get("text") or row.get("reason") or row.get("ground") or ""
    return f"{row['outcome']:<7} {row['recipient']:<20} {why}"


def ledger_row(row: Mapping[str, Any]) -> str:
    """Return a row of one of the ledger's lists as one line for people: what there is to say, in order."""
    said = ((name.replace("_", " "), value) for name, value in row.items() if value not in (None, [], {}))
    return "  ".join(f"{name} {_plain(value)}" for name, value in said)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)


def published(row: Mapping[str, Any]) -> str:
    """Return the door's answer to one event as one line for people."""
    notes = [
        f"{note.get('pointer', '')}: {note.get('fix') or note.get('detail', '')}" for note in _notes(row)
    ]
    return f"{row['status']:<10} {row['id'] or '-'}" + "".join(f"\n    {note}" for note in notes)


def checked(row: Mapping[str, Any]) -> str:
    """Return what the door would say to one event for people, each reason in full."""
    said = [f"{note['pointer'] or 'all of it'}: {note['detail']}: {note['fix']}" for note in _notes(row)]
    unasked = [f"not checked, and said if so: {note['detail']}" for note in row["not_checked"]]
    return f"{row['status']:<10} {row['id'] or '-'}" + "".join(f"\n    {note}" for note in (*said, *unasked))


def _notes(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*(row.get("reasons") or ()), *(row.get("defects") or ())]
