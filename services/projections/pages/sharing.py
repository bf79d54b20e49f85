"""Who may see which sections of an incident on what ground, as the keyring tells the Hub."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.projections.pages import words
from services.vocabulary.grounds import Ground, Outcome

EVERY_OTHER_SCHOOL = ("school:*", "Every other school")
"""The one line in which a decision answers for all schools it does not name."""

GROUNDS: Final = {**words.GROUNDS, Ground.OWN: "it published it"}
"""Grounds as they are said of each recipient, whoever reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """The answer for one recipient, in words. `code`: the recipient as the log has it.

    `since`: when they were first told, or when it was first decided that they are not.
    """

    code: str
    recipient: str
    told: bool
    why: str
    sections: str
    since: str | None


def shared(body: Mapping[str, object], title_of: Callable[[str], str]) -> tuple[Shared, ...]:
    """Return one line a recipient, those who are told first."""
    found = body.get("sharing")
    rows = found if isinstance(found, Sequence) else ()
    lines = [_line(row, title_of) for row in rows if isinstance(row, Mapping)]
    return tuple(sorted(lines, key=lambda line: not line.told))


def told_why(row: Mapping[str, object]) -> tuple[bool, str]:
    """Return whether an answer tells its recipient, and the ground, or the reason why not, in words."""
    told = row.get("outcome", Outcome.PERMIT) == Outcome.PERMIT
    why = _words(GROUNDS, row.get("ground")) if told else _words(words.REASONS, row.get("reason"))
    return told, why


def _line(row: Mapping[str, object], title_of: Callable[[str], str]) -> Shared:
    told, why = told_why(row)
    names = row.get("sections")
    sections = [words.section(str(name)) for name in names] if isinstance(names, Sequence) else []
    return Shared(
        code=str(row.get("recipient", "")),
        recipient=_title(str(row.get("recipient", "")), title_of),
        told=told,
        why=why,
        sections=", ".join(dict.fromkeys(sections)) if told else "Nothing",
        since=str(row["since"]) if row.get("since") else None,
    )


def _title(recipient: str, title_of: Callable[[str], str]) -> str:
    code, title = EVERY_OTHER_SCHOOL
    return title if recipient == code else title_of(recipient)


def _words(known: Mapping[str, str], code: object) -> str:
    text = known.get(str(code), words.sentence(str(code or "not recorded")))
    return text[:1].upper() + text[1:]
