"""Make the ledger again from `log` and `decisions`, and show every row of it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Protocol

from sqlalchemy import Engine, select

from services.consent.flow.fold import NotRecorded
from services.consent.store.tables import METADATA, REBUILT
from services.runtime.database import reading


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
    """Throw away everything the gate keeps, its position with it. Stop the gate first.

    The tables too, and make them anew: those of an earlier version may lack a column.
    """
    METADATA.drop_all(engine)
    METADATA.create_all(engine)


def catch_up(gate: Folds) -> int:
    """Let a gate read to the end of `log`, or of what was decided. Returns over how many records that was."""
    began = gate.position
    with suppress(NotRecorded):
        while gate.position < gate.ends()["log"]:
            gate.step(1.0)
    return gate.position - began


def dump(engine: Engine) -> Iterator[str]:
    """Yield every row of every table that can be made again, in order, as canonical JSON."""
    with reading(engine) as conn:
        for table in REBUILT:
            for row in conn.execute(select(table).order_by(*table.primary_key.columns)):
                yield json.dumps([table.name, *row], sort_keys=True, ensure_ascii=False)
