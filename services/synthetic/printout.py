"""What the demo prints, from the services' own answers and nowhere else. Pure: answers in, lines out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

Told = Mapping[str, Any]

SCHOOL = "school:"
NOT_COUNTED = frozenset({"partnership", "police"})
"""The partnership has facts alone and the police their own: neither is sharing (NA 4.13)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A checkpointed tree: size and root (hex)."""

    tree: str
    size: int
    root: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What the offline verifier said of an exported bundle."""

    ok: bool
    heads: tuple[Head, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What the search for anybody at rest read, and where it found somebody."""

    words: int
    files: int
    records: int
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One incident as the services tell it: what was decided on each event, and which school heard when."""

    chapters: tuple[tuple[str, Told], ...]
    notifications: tuple[Told, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Everything the services answered."""

    title: str
    ledger: Told
    schools: Told
    story: Story | None
    verified: Verified
    searched: Searched
    console: str

    @property
    def sound(self) -> bool:
        """Say whether children add up, the record verifies and nobody is at rest."""
        return _adds_up(self.schools) and self.verified.ok and not self.searched.found

    def as_json(self) -> dict[str, Any]:
        """Return everything that was answered, and whether it is sound, as one document."""
        return {**asdict(self), "sound": self.sound}


def lines(answers: Answers) -> Iterator[str]:
    """Yield the print-out, line by line."""
    yield from _heading(answers.title)
    yield from _releases(answers.ledger)
    yield from _withheld(answers.ledger)
    yield from _nobody(answers.ledger)
    yield from _encompass(answers.schools)
    yield from _story(answers.story)
    yield from _verified(answers.verified)
    yield from _searched(answers.searched)
    yield from ("", f"The console: {answers.console}")


def _heading(text: str) -> Iterator[str]:
    yield from ("", text, "=" * len(text))


def _section(text: str) -> Iterator[str]:
    yield from ("", text, "-" * len(text))


def _releases(ledger: Told) -> Iterator[str]:
    yield from _section("What each agency received")
    schools = [row for row in ledger["recipients"] if row["recipient"].startswith(SCHOOL)]
    for row in ledger["recipients"]:
        if not row["recipient"].startswith(SCHOOL):
            yield _received(row["recipient"], row["releases"], row["by_ground"])
    reached = [row for row in schools if row["releases"]]
    yield _received(f"{len(reached)} schools", *_together(reached))


def _received(name: str, releases: int, by_ground: Mapping[str, int]) -> str:
    grounds = ", ".join(f"{ground} {count}" for ground, count in by_ground.items() if count)
    return f"  {name:<20} {releases:>5}   {grounds}".rstrip()


def _together(rows: Sequence[Told]) -> tuple[int, Mapping[str, int]]:
    grounds: dict[str, int] = {}
    for row in rows:
        for ground, count in row["by_ground"].items():
            grounds[ground] = grounds.get(ground, 0) + count
    return sum(row["releases"] for row in rows), grounds


def _withheld(ledger: Told) -> Iterator[str]:
    yield from _section("Owed, but withheld")
    rows = {to: why for to, why in ledger["owed_withheld"].items() if any(why.values())}
    for recipient, reasons in rows.items():
        yield f"  {recipient:<20} {', '.join(f'{reason} {n}' for reason, n in reasons.items() if n)}"
    if not rows:
        yield "  nothing"


def _nobody(ledger: Told) -> Iterator[str]:
    nobody = ledger["shared_with_nobody"]
    yield from _section("Shared with nobody (NA 4.13)")
    yield f"  {nobody['total']} of {ledger['vpas']} VPAs"
    yield f"  {nobody['standard_no_children_no_adult']} standard risk, no children, no vulnerable adult"
    yield f"  {nobody['with_children_below_threshold']} with children below the Early Help threshold"


def _encompass(schools: Told) -> Iterator[str]:
    home = schools["home_educated"]
    yield from _section("Operation Encompass")
    yield f"  {schools['occurrences']} occurrences, {schools['children']} children"
    yield f"  of which {home['occurrences']} occurrences with {home['children']} children home-schooled"
    yield f"  {schools['told']:>5} told"
    yield f"  {schools['escalated']:>5} escalated to a phone call with an owner"
    yield f"  {schools['listed']:>5} listed for the education officer, each with a reason{_why(schools)}"
    total = schools["told"] + schools["escalated"] + schools["listed"]
    yield f"  {total:>5} in all: {'every child once' if _adds_up(schools) else 'IT DOES NOT ADD UP'}"


def _why(schools: Told) -> str:
    counts = schools.get("by_reason") or {}
    return ": " + ", ".join(f"{reason} {n}" for reason, n in counts.items()) if counts else ""


def _adds_up(schools: Told) -> bool:
    return bool(schools["told"] + schools["escalated"] + schools["listed"] == schools["children"])


def _story(story: Story | None) -> Iterator[str]:
    if story is None:
        return
    yield from _section("One incident")
    for what, explained in story.chapters:
        yield f"  {what}"
        denied = [one for one in explained["decisions"] if one["outcome"] == "deny"]
        for one in explained["decisions"]:
            if one["outcome"] == "permit":
                yield f"    {one['recipient']:<20} {one['ground']}: {', '.join(one['sections'])}"
        yield f"    and {len(denied)} recipients not, {_reasons(denied)}"
    for heard in story.notifications:
        yield f"  {_heard(heard)}"


def _reasons(denied: Sequence[Told]) -> str:
    reasons = [str(one["reason"]) for one in denied]
    return (
        ", ".join(f"{reason} {reasons.count(reason)}" for reason in dict.fromkeys(reasons)) or "for no reason"
    )


def _heard(row: Told) -> str:
    steps = ("due_at", "delivered_at", "acknowledged_at", "escalated_at")
    when = ", ".join(f"{step.removesuffix('_at')} {row[step]}" for step in steps if row.get(step))
    return f"{row.get('school') or row.get('recipient')}: {when}"


def _verified(verified: Verified) -> Iterator[str]:
    yield from _section("The record")
    for head in verified.heads:
        yield f"  {head.tree:<10} {head.size:>6} records, root {head.root}"
    yield "  verifies, offline" if verified.ok else f"  DOES NOT VERIFY: {'; '.join(verified.problems[:5])}"


def _searched(searched: Searched) -> Iterator[str]:
    yield from _section("Anybody at rest")
    where = f"{searched.files} files and {searched.records} records, decompressed"
    yield f"  {searched.words} invented words looked for in {where}"
    yield "  nobody found" if not searched.found else "  FOUND IN " + "; ".join(searched.found[:5])
