"""Who was told of one person, in whatever role, and who opened it: one question (issue 4, 11)."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from services.consent.store.lists import Told
from services.consent.store.openings import Opening


def told_rows(told: Sequence[Told], openings: Iterable[Opening]) -> Iterator[tuple[Told, dict[str, Any]]]:
    """Yield each release with its row, in order. `incident` is the internal id still."""
    opened: dict[str, list[Opening]] = {}
    for opening in openings:
        opened.setdefault(opening.release_id, []).append(opening)
    for each in told:
        row = {
            **each._asdict(),
            "sections": list(each.sections),
            "opened": [
                {"by": one.person, "at": one.at, "purpose": one.purpose, "sections": list(one.sections)}
                for one in opened.get(each.release_id, ())
                if one.sections
            ],
        }
        yield each, row
