"""What every closed list of words is made of."""

from enum import StrEnum


class Word(StrEnum):
    """One of a closed list of words, which is its own text.

    The gate looks words up all the time. An enum's own hash is worked out in Python each time; a text keeps
    its own, and whatever equals a word hashes as it does either way.
    """

    __hash__ = str.__hash__
