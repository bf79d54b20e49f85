"""The ledger's lists as their pages show them: what each is, and its rows in words.

Rows name staff, agencies and what they stated. Whom an event is about is not here: that is opened, elsewhere.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from services.consent.pages.desk import Desk, Row, rows_of, text_of
from services.consent.pages.words import (
    BECAME,
    CHILDREN,
    HOLDS,
    LOOKED,
    NO_PART,
    OBJECTIONS,
    ORDERS,
    REASONS,
    RISKS,
    UNDECIDED,
    WHAT,
    sections,
    sentence,
    why,
)
from services.vocabulary.agencies import is_school
from services.vocabulary.titles import TYPES

NOBODY, NOT_SAID = "Nobody", "Not said"
OURS: Final = {"notify": "The system, for Operation Encompass"}
"""Our own services among those who open, as people may know them."""

ASKED_WHERE_ELSE: Final = "Nothing was opened: asked where else somebody stands"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell: text, or a moment to be written as people write it."""

    text: str = ""
    moment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row: its cells, and where it leads."""

    cells: tuple[Cell, ...]
    event: str
    incident: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A list: its title, what stands in it, and its columns with how each is read from a row."""

    title: str
    about: str
    columns: tuple[tuple[str, Callable[[Row, Desk], Cell]], ...]
    by_days: str = "it began"


def lines(kind: Kind, rows: Iterable[Row], desk: Desk) -> list[Line]:
    """Return the rows of a list in words."""
    return [
        Line(
            cells=tuple(read(row, desk) for _, read in kind.columns),
            event=text_of(row, "event_id"),
            incident=text_of(row, "incident"),
        )
        for row in rows
    ]


def _moment(name: str) -> Callable[[Row, Desk], Cell]:
    return lambda row, _: Cell(moment=text_of(row, name))


def _plain(name: str, words: Mapping[str, str], none: str = NOT_SAID) -> Callable[[Row, Desk], Cell]:
    def read(row: Row, _: Desk) -> Cell:
        code = text_of(row, name)
        return Cell(text=sentence(words.get(code, code)) or none)

    return read


def _count(name: str) -> Callable[[Row, Desk], Cell]:
    return lambda row, _: Cell(text=str(row.get(name, NOT_SAID)))


def _agency(name: str, none: str = NOT_SAID) -> Callable[[Row, Desk], Cell]:
    def read(row: Row, desk: Desk) -> Cell:
        code = text_of(row, name)
        return Cell(text=(OURS.get(code) or desk.title_of(code)) if code else none)

    return read


def _person(name: str) -> Callable[[Row, Desk], Cell]:
    return lambda row, desk: Cell(text=_named(text_of(row, name), desk) or NOBODY)


def _named(who: str, desk: Desk) -> str:
    return OURS.get(who) or desk.name_of(who)


def _adult(row: Row, _: Desk) -> Cell:
    return Cell(text="Yes" if row.get("vulnerable_adult") is True else "No")


def _coded(name: str, words: Mapping[str, str], none: str) -> Callable[[Row, Desk], Cell]:
    def read(row: Row, _: Desk) -> Cell:
        codes = row.get(name)
        said = [words.get(str(code), str(code)) for code in codes] if isinstance(codes, list) else []
        return Cell(text=sentence(", ".join(said)) or none)

    return read


def _moment_or(name: str, none: str) -> Callable[[Row, Desk], Cell]:
    return lambda row, _: Cell(moment=text_of(row, name)) if text_of(row, name) else Cell(text=none)


def _confirmed(row: Row, desk: Desk) -> Cell:
    """Return who confirmed it beside whoever made it, and that it counts for nothing where it does.

    Of an id that is nobody's in that agency it is said that nobody is registered by it.
    """
    second = _named(text_of(row, "confirmed_by"), desk)
    if row.get("registered") is False:
        second = f"{second}: nobody there is registered by that id"
    if row.get("counts") is True:
        return Cell(text=second or "Not needed")
    why = ", as no rule gives them anything on an override" if row.get("serves") is False else ""
    return Cell(text=f"{second or NOBODY}: it counts for nothing{why}")


def _overdue(row: Row, _: Desk) -> Cell:
    return Cell(text="Yes" if row.get("overdue") is True else "No")


def _withheld(row: Row, desk: Desk) -> Cell:
    withheld = row.get("withheld")
    names = withheld if isinstance(withheld, Mapping) else {}
    return Cell(text=", ".join(desk.title_of(str(name)) for name in names) or NOBODY)


def _opened(row: Row, _: Desk) -> Cell:
    if row.get("party") is True:
        return Cell(text="Refused: it is about who asked, or their home")
    if row.get("refused") is True:
        return Cell(text="Refused")
    opened = sections(row)
    return Cell(text=f"Opened: {opened}" if opened else ASKED_WHERE_ELSE)


def _sections_or(none: str) -> Callable[[Row, Desk], Cell]:
    return lambda row, _: Cell(text=sections(row) or none)


def _why(row: Row, _: Desk) -> Cell:
    return Cell(text=why(row))


def _readers(row: Row, desk: Desk) -> Cell:
    names = [_named(text_of(each, "by"), desk) for each in rows_of(row, "opened")]
    return Cell(text=", ".join(dict.fromkeys(names)) or NOBODY)


def _told_so(row: Row, _: Desk) -> Cell:
    """Return when somebody was told that what they had been sent was put right."""
    if text_of(row, "told_at"):
        return Cell(moment=text_of(row, "told_at"))
    return Cell(text="No" if text_of(row, "recipient") else "Nobody to tell")


def _destroyed(row: Row, _: Desk) -> Cell:
    """Return when somebody confirmed that every copy they were asked back is destroyed, or why not."""
    if row.get("asked_back") is not True:
        return Cell(text="Nothing asked back")
    if text_of(row, "outcome") == "done":
        return Cell(moment=text_of(row, "answered_at"))
    if text_of(row, "outcome"):
        return Cell(text="Not possible, they say")
    at_a_school = is_school(text_of(row, "recipient"))
    return Cell(text="Not recorded here: ask the school by telephone" if at_a_school else "Not yet")


_OPENINGS: Final = (
    ("When", _moment("at")),
    ("Who", _person("person")),
    ("Agency", _agency("agency")),
    ("What for", _plain("purpose", {})),
)

KINDS: Final[Mapping[str, Kind]] = {
    "waiting": Kind(
        title="Waiting for the Hub's review",
        about="VPAs as first responders raised them. Danger that is not reviewed by its time is told"
        " provisionally to those who can act (NA 4.10).",
        columns=(
            ("Review by", _moment_or("review_by", "No set time")),
            ("Began", _moment("began")),
            ("Initial risk", _plain("risk", RISKS)),
            ("Children", _plain("children", CHILDREN)),
            ("Overdue", _overdue),
        ),
    ),
    "not-shared": Kind(
        title="Shared with nobody",
        about="VPAs that the Hub reviewed and that went nowhere: only the police, the partnership, schools"
        " and education may see them (NA 4.13).",
        columns=(
            ("Began", _moment("began")),
            ("Reviewed risk", _plain("risk", RISKS)),
            ("Children", _plain("children", CHILDREN)),
            ("Vulnerable adult", _adult),
            ("Owed it, and withheld", _withheld),
        ),
    ),
    "withheld": Kind(
        title="Owed but withheld",
        about="Who is owed a reviewed VPA and is not sent it, and why (NA 4.21, 4.22).",
        columns=(
            ("Began", _moment("began")),
            ("Recipient", _agency("recipient")),
            ("Why", _plain("reason", REASONS)),
        ),
    ),
    "overridden": Kind(
        title="Overridden, or decided not to share",
        about="Where the Hub recorded an override, or children's services did for their own duty, or somebody"
        " decided not to share what was owed. Each has a rationale on record (NA 4.22). All but the Hub's"
        " overrides count only once a second person confirmed them, and stand here either way.",
        columns=(
            ("Decided", _moment("decided_at")),
            ("What", _plain("event_type", TYPES)),
            ("By", _agency("publisher")),
            ("For", _agency("recipient")),
            ("Confirmed by", _confirmed),
        ),
        by_days="it was decided",
    ),
    "own-word": Kind(
        title="Said for themselves",
        about="Where an agency said what lets it be told more itself: that it opened a case, or has one about"
        " a child, that the adult victim consents to it, or that its own duty overrides consent. It counts"
        " once a second person of the agency confirmed it. Staff ids are each agency's own: of one that"
        " nobody is registered by, ask the agency who it is.",
        columns=(
            ("Decided", _moment("decided_at")),
            ("What", _plain("event_type", TYPES)),
            ("For itself", _agency("publisher")),
            ("Sent by", _person("by")),
            ("Confirmed by", _confirmed),
            ("Times told on it", _count("released")),
        ),
        by_days="it was decided",
    ),
    "openings": Kind(
        title="Opened by whom",
        about="Who opened what, for what purpose, and who was refused. The latest stands first.",
        columns=(*_OPENINGS, ("What came of it", _opened)),
        by_days="it was opened",
    ),
    "parties": Kind(
        title="Asked for what is about themselves",
        about="Staff who asked to open what is about themselves or their home. They were refused, and it"
        " looked absent to them. Nobody of their own agency sees this, auditors apart: of the police the lead"
        " of the partnership's own office does.",
        columns=(*_OPENINGS, ("Asked for", _sections_or("All of it"))),
        by_days="it was asked for",
    ),
    "roles": Kind(
        title="Roles turned round",
        about="Reports that name as the person causing harm whom earlier ones named as the adult victim."
        " Those that wait are held for the Hub, which says who harms whom (NA 4.10).",
        columns=(
            ("Since", _moment("since")),
            ("What", _plain("event_type", TYPES)),
            ("By", _agency("publisher")),
            ("Roles", _plain("looked", LOOKED)),
        ),
        by_days="it was reported",
    ),
    "unanswered": Kind(
        title="Expected, and not answered",
        about="What somebody was told and expected to act on, where they have neither said what came of it"
        " nor published anything of the incident since (NA 6.184, 6.185). What was sent in error and asked"
        " back stands here until they say what came of it. Of a school that is not recorded: who there had"
        " opened it stands in “Corrected and taken back”.",
        columns=(
            ("Due by", _moment_or("due_at", "No set time")),
            ("Recipient", _agency("recipient")),
            ("Told", _moment("told_at")),
            ("What is expected", _plain("expects", {})),
            ("Overdue", _overdue),
        ),
        by_days="it was told",
    ),
    "held-back": Kind(
        title="Danger held back",
        about="Events that say danger, and that somebody is owed who takes no part just now. Nobody is told"
        " in their place: ring them, or whoever stands in for them.",
        columns=(
            ("Since", _moment("since")),
            ("Recipient", _agency("recipient")),
            ("Takes no part", _plain("reason", NO_PART)),
            ("What", _plain("event_type", TYPES)),
            ("Risk", _plain("risk", RISKS)),
            ("Children", _plain("children", CHILDREN)),
        ),
        by_days="it was held back",
    ),
    "put-right": Kind(
        title="Corrected and taken back",
        about="Everyone who had been sent what was put right, or taken back, afterwards: who of them opened"
        " it, whether they were told, and when they confirmed that every copy is destroyed.",
        columns=(
            ("Decided", _moment("decided_at")),
            ("What", _plain("event_type", TYPES)),
            ("By", _agency("publisher")),
            ("Had been sent to", _agency("recipient", NOBODY)),
            ("Opened by", _readers),
            ("Told", _told_so),
            ("Confirmed", _destroyed),
        ),
        by_days="it was decided",
    ),
    "undecided": Kind(
        title="Could not be decided",
        about="Events of which nobody could be told, or somebody could not: they cannot be read, or a rule"
        " failed. What is decided after all leaves the list.",
        columns=(
            ("Since", _moment("since")),
            ("What", _plain("event_type", WHAT)),
            ("Place in the log", _count("offset")),
            ("Withheld from", _agency("recipient", "Everybody")),
            ("Why", _plain("reason", UNDECIDED)),
        ),
        by_days="it failed",
    ),
    "erasures": Kind(
        title="Erasures and legal holds",
        about="People whom two of the office ordered to be made unreadable, and people who are kept. What was"
        " recorded without a name stays, and is still about them: codes, dates and who was told.",
        columns=(
            ("Ordered", _moment("ordered_at")),
            ("How far", _plain("order", ORDERS)),
            ("Since", _moment("since")),
            ("Their key is kept until", _moment("due_at")),
            ("What stood against it", _coded("objections", OBJECTIONS, "Nothing")),
            ("Kept for", _coded("holds", HOLDS, "Nothing")),
        ),
        by_days="it was ordered",
    ),
}
"""Every list but the one that is a search."""

TOLD: Final = Kind(
    title="Who was told of this person",
    about="Everything that any agency or school was sent about one person, and who opened it.",
    columns=(
        ("When", _moment("decided_at")),
        ("Recipient", _agency("recipient")),
        ("What", _sections_or("Nothing")),
        ("Why", _why),
        ("How it stands", _plain("standing", BECAME)),
        ("Opened by", _readers),
    ),
)
