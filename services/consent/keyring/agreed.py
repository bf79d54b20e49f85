"""Which information sharing agreements there were when something was decided, and which version of each."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from services.consent.flow.explain import Agreed
from services.consent.keyring.stated import Signed, States
from services.consent.store.ledger import Ledger, OnAgreement
from services.vocabulary.calendar import over_at
from services.vocabulary.times import NotATime, parse_date


class Said(NamedTuple):
    """What was said of an agreement, and when; `signed` None: it was ended."""

    at: datetime
    code: str
    signed: Agreed | None


class Agreements:
    """Reads from the log what was said of agreements. What an event says once it says for ever."""

    def __init__(self, ledger: Ledger, states: States) -> None:
        self._ledger = ledger
        self._states = states
        self._read: dict[int, Said | None] = {}

    def said(self) -> tuple[Said, ...]:
        """Return all that was said of agreements, in order, but what the gate could not read either.

        Raises `Unavailable` where the log is silent.
        """
        there = self._ledger.on_agreements()
        new = {each.offset: each for each in there if each.offset not in self._read}
        for offset, stated in self._states.at(tuple(new)).items():
            self._read[offset] = _said(new[offset], stated.agreement)
        every = (self._read[each.offset] for each in there)
        return tuple(one for one in every if one is not None)


def agreed_at(said: Iterable[Said], moment: datetime) -> tuple[Agreed, ...]:
    """Return each agreement signed by a moment: its version then, and when it had ended or was to."""
    known: dict[str, Agreed] = {}
    for one in said:
        if one.at > moment:
            break
        if one.signed is not None:
            known[one.code] = one.signed
        elif one.code in known:
            known[one.code] = known[one.code]._replace(ends_at=one.at)
    return tuple(known.values())


def _said(where: OnAgreement, agreement: Signed | None) -> Said | None:
    if agreement is None:
        return None
    if not where.signed:
        return Said(where.at, agreement.code, None)
    try:
        ends_at = over_at(parse_date(agreement.ends_on)) if agreement.ends_on is not None else None
    except (NotATime, OverflowError):
        return None
    signed = Agreed(agreement.code, agreement.version, agreement.between, ends_at)
    return Said(where.at, agreement.code, signed)
