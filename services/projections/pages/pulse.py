"""The pulse as a table and as bars: how many events of each type there were in a quarter hour, where told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.projections.pages import words

WIDTH: Final = 960
HEIGHT: Final = 80
"""The size of a chart in its own units: it is drawn as wide as there is room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One told count, as a rectangle."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One type: its told counts through the day, oldest first; `most` is the largest of them."""

    title: str
    most: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """One quarter hour in which something is told; None is anything from none to four."""

    begins: str
    counts: tuple[int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """Everything on the page. `titles` are the types, in the order of the counts of each quarter."""

    delayed_minutes: int
    titles: tuple[str, ...]
    quarters: tuple[Quarter, ...]
    charts: tuple[Chart, ...]


def pulse(body: Mapping[str, object]) -> Pulse:
    """Return the page's content, the newest quarter hour first, without those of which nothing is told."""
    windows = _objects(body.get("windows"))
    counts = [{str(one.get("event_type")): one.get("count") for one in _counts(each)} for each in windows]
    types = tuple(dict.fromkeys(name for each in counts for name in each))
    delay = body.get("delayed_minutes")
    return Pulse(
        delayed_minutes=delay if isinstance(delay, int) else 0,
        titles=tuple(_title(name) for name in types),
        quarters=tuple(reversed(tuple(_told(windows, counts, types)))),
        charts=tuple(_chart(name, [_number(each.get(name)) for each in counts]) for name in types),
    )


def _told(
    windows: Sequence[Mapping[str, object]], counts: Sequence[Mapping[str, object]], types: tuple[str, ...]
) -> Iterator[Quarter]:
    for window, found in zip(windows, counts, strict=True):
        numbers = tuple(_number(found.get(name)) for name in types)
        if any(number is not None for number in numbers):
            yield Quarter(begins=str(window.get("from")), counts=numbers)


def _chart(event_type: str, counts: Sequence[int | None]) -> Chart:
    most = max((count for count in counts if count is not None), default=0)
    room = WIDTH // max(len(counts), 1)
    bars = tuple(
        _bar(place * room, room, HEIGHT * count // most) for place, count in enumerate(counts) if count
    )
    return Chart(title=_title(event_type), most=most, bars=bars)


def _bar(x: int, room: int, height: int) -> Bar:
    return Bar(x=x, y=HEIGHT - height, width=max(room - 1, 1), height=height)


def _title(event_type: str) -> str:
    return words.TYPES.get(event_type, event_type)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _counts(window: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    return _objects(window.get("counts"))


def _objects(value: object) -> Sequence[Mapping[str, object]]:
    found = value if isinstance(value, list) else []
    return [one for one in found if isinstance(one, Mapping)]
