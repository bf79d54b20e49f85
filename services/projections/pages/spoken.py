"""What an opened section says, in words: a label for each field, words for codes, the names of agencies.

Only fields that hold a code are read as codes. What somebody wrote stands as they wrote it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.projections.pages.words import sentence
from services.vocabulary.agencies import school_of
from services.vocabulary.risk import ChildCase, ChildrenLevel, VulnerableAdult

TitleOf = Callable[[str], str]

AGENCIES: Final = frozenset({"source", "recipient", "to", "between", "attendees", "from_area"})
"""Fields that name agencies as the log has them."""

CODES: Final = frozenset(
    {
        "answers", "area", "channel", "children", "children_known", "client", "conditions", "criterion",
        "declined_by", "direction", "disability", "gender", "kind", "method", "outcome", "pathway",
        "phone_monitored", "previous_risk", "programme", "purpose", "rank", "reason", "relationship", "right",
        "risk", "risk_at_closure", "school_conflict", "selected_by", "sexual_orientation", "status",
        "supported", "theme", "topic", "victim_age", "vulnerable_adults", "whose",
    }
)  # fmt: skip
"""Fields that hold one of a list of codes, or several; of `answers`, each question's."""

WORDS: Final[Mapping[str, str]] = {
    "unknown": "Not known",
    "same_nhs_number": "The same NHS number",
    ChildrenLevel.BELOW_THRESHOLD: "Below the early help threshold",
    ChildCase.CIN: "Child in Need",
    ChildCase.CP: "Child Protection",
    ChildCase.LAC: "Looked after",
}
"""Codes that are not their own words."""

ADULTS: Final[Mapping[str, str]] = {
    VulnerableAdult.VICTIM: "Adult victim",
    VulnerableAdult.OTHER: "Another member of the household",
}
"""The same, of a household's adults with care and support needs alone."""

SCHEMES: Final[Mapping[str, str]] = {
    "nhs": "NHS number",
    "upn": "Unique pupil number",
    "police": "Police number",
}
"""What people call a number by which somebody is known."""

NHS, NHS_DIGITS = "nhs", 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing a section says."""

    label: str
    value: str


def lines(content: Mapping[str, object], title_of: TitleOf) -> Iterator[Line]:
    """Yield what a section says, in its order, without what was left empty."""
    return _lines(content, title_of, within="", of=None)


def _lines(
    content: Mapping[str, object], title_of: TitleOf, *, within: str, of: str | None
) -> Iterator[Line]:
    """Yield the lines of a record. `of`: the field it is the value of, where that says what it holds."""
    for name, value in content.items():
        key, label = of or str(name), f"{within}{sentence(str(name))}"
        if isinstance(value, Mapping) and key not in RECORDS:
            inner = key if key in CODES else None
            yield from _lines(value, title_of, within=f"{label}: ", of=inner)
        elif value is not None and value != "" and value != []:
            yield Line(label=label, value=_said(key, value, title_of))


def _said(key: str, value: object, title_of: TitleOf) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Mapping):
        record = {str(name): str(part) for name, part in value.items() if part is not None}
        return RECORDS.get(key, _joined)(record)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_said(key, part, title_of) for part in value)
    return _text(key, str(value), title_of)


def _text(key: str, text: str, title_of: TitleOf) -> str:
    if key in AGENCIES:
        return title_of(text)
    if key == "school_urn":
        school = school_of(text)
        title = title_of(school)
        return text if title == school else title
    known = ADULTS if key == "vulnerable_adults" else WORDS
    return known.get(text, sentence(text)) if key in CODES else text


def _identifier(record: Mapping[str, str]) -> str:
    """Return a number with what it is; an NHS number grouped as people read it out."""
    scheme, value = record.get("scheme", ""), record.get("value", "")
    if scheme == NHS and value.isdigit() and len(value) == NHS_DIGITS:
        value = f"{value[:3]} {value[3:6]} {value[6:]}"
    return f"{SCHEMES.get(scheme, sentence(scheme))} {value}".strip()


def _ethnicity(record: Mapping[str, str]) -> str:
    scheme = record.get("scheme")
    return f"{record.get('code', '')} ({scheme})" if scheme else record.get("code", "")


def _joined(record: Mapping[str, str]) -> str:
    return " ".join(record.values())


RECORDS: Final[Mapping[str, Callable[[Mapping[str, str]], str]]] = {
    "identifiers": _identifier,
    "ethnicity": _ethnicity,
}
"""Fields whose records are one line each."""
