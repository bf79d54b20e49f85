"""England's bank holidays, by which working days are counted."""

from datetime import date
from functools import cache
from typing import Final

import holidays

YEARS: Final = range(2010, 2051)


@cache
def bank_holidays() -> frozenset[date]:
    """Return every one of them, worked out once."""
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=YEARS))
