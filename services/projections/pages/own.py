"""What became of what the visitor's agency published, as the keyring tells: nothing where it is closed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import Request

from services.projections.pages.desk import Desk
from services.projections.pages.holding import OK, Row, objects

EVERYBODY: Final = "everybody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """Whom an event of the agency's own named, and from whom it was taken back, by the log's names."""

    names: tuple[str, ...] = ()
    taken_back: tuple[str, ...] = ()
    from_everybody: bool = False

    def from_whom(self, title_of: Callable[[str], str]) -> str:
        """Return from whom it was taken back, in words; nothing where it was not."""
        return EVERYBODY if self.from_everybody else ", ".join(map(title_of, self.taken_back))


NOTHING: Final = Own()


async def own(desk: Desk, request: Request, alias: str, event: str | None = None) -> Mapping[str, Own]:
    """Return what the agency took back of an incident, by the log's ids, and the event asked about."""
    query = {"event": event} if event is not None else None
    answer = await desk.ask(request, f"/v1/incidents/{alias}/own", query)
    found = objects(answer.body.get("own")) if answer.status == OK else []
    return {str(row.get("event_id")): _own(row) for row in found}


def _own(row: Row) -> Own:
    return Own(
        names=_texts(row.get("names")),
        taken_back=_texts(row.get("taken_back")),
        from_everybody=row.get("from_everybody") is True,
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()
