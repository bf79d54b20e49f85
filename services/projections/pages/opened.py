"""Opened content as lists of words: who it is about, how to reach them safely, then each section."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.projections.pages import words
from services.projections.pages.spoken import Line, TitleOf, lines
from services.projections.rules.safe_contact import Channel, channels
from services.vocabulary.consent import SafeToUse
from services.vocabulary.times import NotATime, parse_date

IDENTITIES = ("victim", "children", "person_causing_harm")
"""Whose name the identity bar shows: the first of these that was opened."""


SAID = frozenset({"said_by", "said_at", "hours", "phone_monitored"})
"""What a contact section says beside its channels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One opened section; `contact` has channels instead of lines about them."""

    name: str
    title: str
    lines: tuple[Line, ...]
    channels: tuple[Channel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who an identity bar names."""

    role: str
    name: str
    date_of_birth: str | None
    age: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How somebody may be reached, as an identity bar says it: never where a channel leads.

    A channel is a yes only where nothing stands against using it. `monitored`: whether the phone may be.
    """

    channels: tuple[Line, ...]
    said_by: str | None
    said_at: str | None
    hours: str | None
    monitored: str


def parts(sections: object, title_of: TitleOf) -> tuple[Part, ...]:
    """Return the opened sections in the order they came, in words."""
    found = sections if isinstance(sections, Mapping) else {}
    opened = ((str(name), content) for name, content in found.items() if isinstance(content, Mapping))
    return tuple(_part(name, content, title_of) for name, content in opened)


def reach(sections: object) -> Reach | None:
    """Return how the adult victim may be reached, or None where no contact section was opened."""
    contact = sections.get("contact") if isinstance(sections, Mapping) else None
    if not isinstance(contact, Mapping):
        return None
    said = contact.get("safe")
    safe: Mapping[str, object] = said if isinstance(said, Mapping) else {}
    return Reach(
        channels=tuple(
            Line(label=words.CHANNELS[each.name], value=_usable(each)) for each in channels(contact)
        ),
        said_by=_text(safe, "said_by"),
        said_at=_text(safe, "said_at"),
        hours=_text(safe, "hours"),
        monitored=words.ANSWERS.get(str(safe.get("phone_monitored")), words.ANSWERS[SafeToUse.NOT_KNOWN]),
    )


def _usable(channel: Channel) -> str:
    """Return whether a channel may be used, and why not; the same rule holds its number back."""
    if channel.against is not None:
        return f"No: {channel.against[:1].lower()}{channel.against[1:].rstrip('.')}"
    return "Yes" if channel.value is not None else "Yes, but none is recorded"


def identity(sections: object, today: date) -> Identity | None:
    """Return whom the content is about, and their age on a day; None where nobody was opened."""
    found = sections if isinstance(sections, Mapping) else {}
    for wanted in IDENTITIES:
        for name, content in found.items():
            if str(name).partition("[")[0] == wanted and isinstance(content, Mapping):
                return _identity(str(name), content, today)
    return None


def _identity(name: str, content: Mapping[str, object], today: date) -> Identity:
    named = [str(content[field]) for field in ("given_name", "family_name") if content.get(field)]
    born = content.get("date_of_birth")
    return Identity(
        role=words.section(name),
        name=" ".join(named) or "Name not known",
        date_of_birth=str(born) if born else None,
        age=_age(str(born), today) if born else None,
    )


def _age(born: str, today: date) -> int | None:
    """Return whole years lived; None where the birth date is no day, or has not come."""
    try:
        day = parse_date(born)
    except NotATime:
        return None
    years = today.year - day.year - ((today.month, today.day) < (day.month, day.day))
    return years if years >= 0 else None


def _part(name: str, content: Mapping[str, object], title_of: TitleOf) -> Part:
    is_contact = name == "contact"
    said = _safety(content) if is_contact else content
    return Part(
        name=name,
        title=words.section(name),
        lines=tuple(lines(said, title_of)),
        channels=channels(content) if is_contact else (),
    )


def _safety(contact: Mapping[str, object]) -> Mapping[str, object]:
    """Return who said what is safe, and when."""
    safe = contact.get("safe")
    return {key: value for key, value in safe.items() if key in SAID} if isinstance(safe, Mapping) else {}


def _text(record: Mapping[str, object], name: str) -> str | None:
    value = record.get(name)
    return value if isinstance(value, str) and value else None
