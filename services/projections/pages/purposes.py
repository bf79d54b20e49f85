"""What a visitor says they need something for, before it goes on record."""

from typing import Final

LONGEST: Final = 200
"""Characters of a purpose: as many as fit a line of the record."""


def problem_of(purpose: str, *, missing: str, called: str = "purpose") -> str:
    """Return what is wrong with a purpose, in words for who typed it; empty: nothing is."""
    if not purpose:
        return missing
    return f"The {called} must be {LONGEST} characters or fewer" if len(purpose) > LONGEST else ""
