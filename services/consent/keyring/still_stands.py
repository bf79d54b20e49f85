"""What of a release still stands: by the clock, by what came after it, and by what the gate last answered."""

from services.consent.flow.ledger import Became
from services.consent.keyring.known import forms_of
from services.consent.keyring.rights import base
from services.consent.state.entities import Incident
from services.consent.state.retracted import is_taken_back
from services.consent.store.ledger import Ledger, Released
from services.runtime.clock import Clock
from services.vocabulary.events import EventType
from services.vocabulary.grounds import ENCOMPASS, Reason


class StillStands:
    """Says what of a release may be opened yet, whoever it is that asks."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    def sections(self, release: Released) -> frozenset[str]:
        """Return which sections of a release still stand, by the clock and by what came after it.

        What was taken back from whoever holds a later form was never theirs: no form keeps it open.
        """
        if not self._in_time(release) or self._has_erred(release):
            return frozenset()
        if release.became is Became.STANDS:
            return frozenset(release.sections)
        current = self._current(release)
        if release.became is not Became.SUPERSEDED or current is None or not self._in_time(current):
            return frozenset()
        incident = self._incident(release)
        if incident is not None and is_taken_back(incident, release.event_id, release.recipient):
            return frozenset()
        still = {base(name) for name in current.sections}
        return frozenset(name for name in release.sections if base(name) in still)

    def can_end(self, release: Released) -> bool:
        """Say whether the ground of a release, or of what took its place, can end."""
        current = self._current(release) if release.became is Became.SUPERSEDED else None
        return release.can_end or (current is not None and current.can_end)

    def _has_erred(self, release: Released) -> bool:
        """Say whether a rule erred when the gate last decided what a release is of: then it is withheld.

        What may have been taken back then was not. Of all forms of an incident the last word counts; but a
        correction alone takes back what was told of children, and no other form closes it to a school.
        """
        forms = forms_of(self._incident(release)) if release.line == release.incident else ()
        if release.ground in ENCOMPASS:
            forms = tuple(form for form in forms if form.type == EventType.VPA_CORRECTED)
        events = {release.event_id, *(form.event_id for form in forms)}
        last = self._ledger.last_answers(events, release.recipient)
        return any(answer.reason is Reason.RULE_ERROR for answer in last)

    def _current(self, release: Released) -> Released | None:
        if release.line is None:
            return None
        return self._ledger.standing(release.line, release.recipient)

    def _in_time(self, release: Released) -> bool:
        return release.not_after is None or self._clock.now() < release.not_after

    def _incident(self, release: Released) -> Incident | None:
        return self._ledger.incident(release.incident) if release.incident is not None else None
