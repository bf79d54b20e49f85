"""The line an incident has in its recipient's inbox: what it is looked for by, and where it stands. Pure."""

from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from datetime import date

from services.projections.rules.expecting import first_due, over_at
from services.projections.rules.standing import News, is_recalled, news, of_others
from services.projections.state import CaseLine, Place, Row

REVISION = 3
"""What lines are made by. Count on whenever these rules say something else of the same releases, or the words
that ends are read from do (`vocabulary/due`): then every line that was kept is made again."""


def line(
    rows: Sequence[Row],
    answered: Collection[str],
    opened: Collection[str],
    bank_holidays: AbstractSet[date],
) -> CaseLine:
    """Return the line of one incident, of all its recipient's rows about it, in any order; at least one.

    `answered` and `opened` are releases. It depends on what there is and not on what came first.
    """
    last = max(rows, key=lambda row: row.seq)
    told = of_others(rows)
    first = first_due(rows, answered, bank_holidays)
    return CaseLine(
        recipient=last.recipient,
        incident=last.incident or "",
        place=Place(waits=news(told, opened, answered) is not News.OPENED, seq=last.seq),
        recalled=is_recalled(told),
        over_at=over_at(first[1]) if first is not None else None,
        happened=tuple(sorted({row.event_type for row in told})),
    )
