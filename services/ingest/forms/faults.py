"""What is wrong with one place of a document, before it is known where the place is."""

from dataclasses import dataclass, replace
from enum import Enum

from services.ingest.state import Reason
from services.runtime.pointers import pointer


class Weight(Enum):
    """What a fault comes to: the event is refused, or what is not whole is left out of it and flagged.

    `SILENT` is nothing given where nothing need be: it is left out, and what it leaves missing the rules say.
    """

    REFUSES = "refuses"
    DEFECT = "defect"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Say what is wrong at a path. Never quotes a value: it may be about a person.

    `within` says how many parts of the path lie inside what is to be left out: 0 for the place itself, 1 for
    the record around it.
    """

    path: tuple[str | int, ...] = ()
    rule: str
    detail: str
    fix: str
    weight: Weight = Weight.REFUSES
    within: int = 0

    def under(self, part: str | int) -> "Fault":
        """Return the fault as seen from one level up."""
        return replace(self, path=(part, *self.path))

    def reason(self) -> Reason:
        """Return the fault with its JSON pointer (RFC 6901)."""
        return Reason(pointer=pointer(*self.path), rule=self.rule, detail=self.detail, fix=self.fix)

    def left_out(self) -> tuple[str | int, ...]:
        """Return the path of what an event is taken without."""
        return self.path[: len(self.path) - self.within]
