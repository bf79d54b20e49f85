"""Make the ledger again from `log` and `decisions`, and show every row of it."""

import json
from collections.abc import Iterator, Mapping
from typing import Protocol

from sqlalchemy import Engine, select

from services.consent.store.tables import METADATA, REBUILT
from services.runtime.database import reading, writing


class Folds(Protocol):
    """What catching up needs of a gate."""

    @property
    def position(self) -> int:
        """Return the next offset of `log` to be folded, as committed."""

    def ends(self) -> Mapping[str, int]:
        """Return where the topics end."""

    def step(self, timeout: float) -> int:
        """Fold one batch and return how many records it had."""


def clear(engine: Engine) -> None:
    """Throw away everything the gate keeps, its position with it. Stop the gate first."""
    with writing(engine) as conn:
        for table in METADATA.sorted_tables:
            conn.execute(table.delete())


def catch_up(gate: Folds) -> int:
    """Let a gate read to the end of `log`. Returns how many records that took."""
    count = 0
    while gate.position < gate.ends()["log"]:
        count += gate.step(1.0)
    return count


def dump(engine: Engine) -> Iterator[str]:
    """Yield every row of every table that can be made again, in order, as canonical JSON."""
    with reading(engine) as conn:
        for table in REBUILT:
            for row in conn.execute(select(table).order_by(*table.primary_key.columns)):
                yield json.dumps([table.name, *row], sort_keys=True, ensure_ascii=False)
