"""A row of an inbox as its page tells it: one line, what is expected, and what may still be opened."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.projections.pages import words
from services.projections.rules.standing import left_open, standing
from services.vocabulary.grounds import CLOSES, REPLACES, Ground, ReleaseKind

Title = Callable[[str], str]
NOTHING_EXPECTED = "Nothing is expected of you."


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One release, in words. `sections` pairs each name with what people call it."""

    release_id: str
    seq: int
    kind: str
    event_id: str
    event_type: str
    title: str
    summary: str
    expected: str
    expects: str | None
    purpose: str
    source: str | None
    occurred_at: str | None
    decided_at: str
    not_after: str | None
    incident: str | None
    person: str | None
    own: bool
    recalled: bool
    closes: bool
    replaces: bool
    sections: tuple[tuple[str, str], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its sections."""
        return tuple(name for name, _ in self.sections)


def entries(rows: object, title_of: Title) -> tuple[Entry, ...]:
    """Return the entries of the rows in an answer."""
    found = rows if isinstance(rows, Sequence) else ()
    return tuple(_entry(row, title_of) for row in found if isinstance(row, Mapping))


def openable(found: Iterable[Entry]) -> frozenset[str]:
    """Return the ids of releases of one incident that still have sections to open."""
    return frozenset(entry.release_id for entry in left_open(found) if entry.sections and not entry.recalled)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfIncident:
    """What was told of one incident, the newest first. `began`: when the first of it happened.

    `standing`: the releases that are the last word on it.
    """

    alias: str
    began: str | None
    entries: tuple[Entry, ...]
    standing: frozenset[str]


def by_incident(found: Iterable[Entry]) -> tuple[OfIncident, ...]:
    """Return entries by their incident, the one last heard of first; what is of none is left out."""
    of: dict[str, list[Entry]] = {}
    for entry in sorted(found, key=lambda entry: -entry.seq):
        if entry.incident is not None:
            of.setdefault(entry.incident, []).append(entry)
    return tuple(
        OfIncident(
            alias=alias,
            began=min((each.occurred_at for each in told if each.occurred_at), default=None),
            entries=tuple(told),
            standing=frozenset(each.release_id for each in standing(told)),
        )
        for alias, told in of.items()
    )


def _entry(row: Mapping[str, object], title_of: Title) -> Entry:
    kind, event_type = _text(row, "kind") or "", _text(row, "event_type") or ""
    return Entry(
        release_id=_text(row, "release_id") or "",
        seq=_whole(row.get("seq")),
        kind=words.KINDS.get(kind, words.sentence(kind)),
        event_id=_text(row, "event_id") or "",
        event_type=event_type,
        title=words.TYPES.get(event_type, event_type),
        summary=_summary(row, kind, title_of),
        expected=_expected(row),
        expects=_text(row, "expects"),
        purpose=_text(row, "purpose") or "",
        source=_source(row, title_of),
        occurred_at=_text(row, "occurred_at"),
        decided_at=_text(row, "decided_at") or "",
        not_after=_text(row, "not_after"),
        incident=_text(row, "incident"),
        person=_text(row, "person"),
        own=_text(row, "ground") == Ground.OWN,
        recalled=kind == ReleaseKind.RECALLED,
        closes=kind in CLOSES,
        replaces=kind in REPLACES,
        sections=tuple((name, words.section(name)) for name in _names(row.get("sections"))),
    )


def _summary(row: Mapping[str, object], kind: str, title_of: Title) -> str:
    if kind == ReleaseKind.RECALLED:
        reason = _text(row, "reason") or "it no longer holds"
        return f"Recalled because {words.RECALLED.get(reason, words.sentence(reason).lower())}."
    ground = _text(row, "ground") or ""
    told = "You hold this" if ground == Ground.OWN else "You are told"
    source = _source(row, title_of)
    why = f"{told} because {words.GROUNDS.get(ground, words.sentence(ground).lower())}."
    return f"From {source}. {why}" if source else why


def _expected(row: Mapping[str, object]) -> str:
    expects = _text(row, "expects")
    return f"{expects[:1].upper()}{expects[1:].rstrip('.')}." if expects else NOTHING_EXPECTED


def _source(row: Mapping[str, object], title_of: Title) -> str | None:
    source = _text(row, "source")
    return title_of(source) if source else None


def _names(value: object) -> tuple[str, ...]:
    return tuple(name for name in value if isinstance(name, str)) if isinstance(value, Sequence) else ()


def _text(row: Mapping[str, object], name: str) -> str | None:
    value = row.get(name)
    return value if isinstance(value, str) else None


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
