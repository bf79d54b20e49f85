"""An opening as a row of the ledger: what of it whoever asks may see."""

from collections.abc import Mapping
from typing import Any

from services.consent.store.openings import Opening
from services.runtime.identity import Caller
from services.runtime.partnership import Role


def plain(opening: Opening, caller: Caller) -> Mapping[str, Any]:
    """Return a row as whoever asked could see it: nothing of another's release, nor why it was refused."""
    row = dict(_opening(opening))
    del row["party"]
    if opening.recipient != caller.agency:
        row |= {"event_id": None, "recipient": None}
    return row


def as_seen(opening: Opening, caller: Caller) -> Mapping[str, Any]:
    """Return a row as one who sees all may: that it is about who asked is for nobody of their own agency."""
    row = _opening(opening)
    if caller.role is Role.AUDITOR or opening.agency != caller.agency:
        return row
    return {**row, "party": False}


def _opening(opening: Opening) -> Mapping[str, Any]:
    row = opening._asdict()
    del row["offset"]
    return {**row, "sections": list(opening.sections)}
