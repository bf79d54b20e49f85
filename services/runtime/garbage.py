"""How often Python looks for garbage that holds on to itself."""

import gc
from typing import Final

NEW_OBJECTS: Final = 50_000
"""Objects made before the youngest are looked through. Python's own number is 700."""

ROUNDS: Final = 10
"""Rounds of one generation before the next older one is looked through, as is Python's own number."""


def look_seldom() -> None:
    """Leave what is loaded by now alone, and look through what comes after it less often.

    For a process that makes many objects for each message and hardly ever a circle of them: what no circle
    holds is freed at once all the same. Costs some megabytes that are freed later.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, ROUNDS, ROUNDS)
