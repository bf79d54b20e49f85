"""Codes as these pages say them. A code without words is shown as it is, never hidden."""

from collections.abc import Mapping, Sequence
from typing import Final

from services.consent.flow import words
from services.consent.pages.desk import Row, text_of
from services.vocabulary.titles import SECTIONS

GROUNDS: Final[Mapping[str, str]] = {ground.value: text for ground, text in words.GROUNDS.items()}
REASONS: Final[Mapping[str, str]] = {reason.value: text for reason, text in words.REASONS.items()}


def sentence(text: str) -> str:
    """Return a text that begins with a capital letter."""
    return f"{text[:1].upper()}{text[1:]}"


def sections(row: Row) -> str:
    """Return what people call the sections of a row, those of one kind once; the empty text for none."""
    names = row.get("sections")
    listed = [str(name).partition("[")[0] for name in names] if isinstance(names, Sequence) else []
    return ", ".join(dict.fromkeys(SECTIONS.get(name, name) for name in listed))


def why(row: Row) -> str:
    """Return the reason of a denial or a recall, or the ground of what was told."""
    reason, ground = text_of(row, "reason"), text_of(row, "ground")
    return sentence(REASONS.get(reason, reason) if reason else GROUNDS.get(ground, ground or "not recorded"))
