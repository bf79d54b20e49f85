"""Who waits for a number that will not come, as services say of themselves, and what to do about it. Pure.

A reader takes a recipient's next number alone. Where that one was lost, or set aside because it could not be
read, nothing later is taken for that recipient, although every record was read and nobody is behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.runtime.lag import waits_of
from services.runtime.standing import Waits

MEND: str = "see sightline ops dead, mend why, then sightline ops dead --redrive --now"
LOST: str = "a record was lost: stop what reads, and have the gate and the broker's disks looked at"


def stuck(standings: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a line for each reader behind which somebody waits: how many, and what to do."""
    for one in standings:
        waits = waits_of(one)
        if waits.recipients:
            yield f"{one['service']} takes nothing more for {_who(waits)}: {_why(waits)}"


def _who(waits: Waits) -> str:
    since = f", since {waits.since:%H:%M:%S}" if waits.since is not None else ""
    return f"{waits.recipients} recipient{'s' if waits.recipients > 1 else ''}{since}"


def _why(waits: Waits) -> str:
    if not waits.behind_aside:
        return f"a number of theirs never came, and nothing was set aside: {LOST}"
    others = waits.recipients - waits.behind_aside
    aside = f"a record of {waits.behind_aside} could not be read and was set aside: {MEND}"
    return f"{aside}; of the others {LOST}" if others else aside
