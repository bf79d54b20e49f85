"""Two policies compared, as their page says it: the words are the command's own."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from services.consent.rules.changed import how, recipients, title, whom
from services.consent.rules.changes import Change, beside, changes
from services.consent.rules.clauses import NAMES, both, when
from services.consent.rules.reading import parse
from services.vocabulary.titles import TYPES

REMEMBERED = 32

Called = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """What changes in one way, and when."""

    how: str
    when: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What changes for whom, about which events."""

    title: str
    alike: tuple[Alike, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Everything that another policy would change. `beside`: what is no answer, expectations say."""

    before: str
    after: str
    changes: tuple[Changed, ...]
    beside: tuple[str, ...]


def compared(before: str, after: str, called: Called) -> Compared:
    """Return what changes from one policy's text to another's. It takes a moment: not for the event loop."""
    found, also = _found(before, after)
    return Compared(
        before=title(parse(before)),
        after=title(parse(after)),
        changes=tuple(
            Changed(title=_title(types, to, called), alike=tuple(map(_alike, group)))
            for (types, to), group in itertools.groupby(found, whom)
        ),
        beside=tuple(map(_becomes, also)),
    )


@lru_cache(maxsize=REMEMBERED)
def _found(before: str, after: str) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    one, other = parse(before), parse(after)
    return changes(one, other), tuple(beside(one, other))


def _title(types: tuple[str, ...], to: tuple[str, ...], called: Called) -> str:
    events = both(TYPES.get(each, each) for each in types)
    return f"{events}, to {recipients(to, lambda each: NAMES.get(each) or called(each))}"


def _alike(change: Change) -> Alike:
    return Alike(how=_becomes(how(change)), when=tuple(when(box, change.among) for box in change.boxes))


def _becomes(text: str) -> str:
    """Write an arrow as a word: it is read aloud, too."""
    return text.replace(" -> ", " becomes ")
