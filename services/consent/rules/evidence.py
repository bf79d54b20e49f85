"""What is known about an incident, as the facts that route one recipient of it, and how long they last."""

from collections.abc import Mapping
from datetime import datetime

from services.consent.rules.circumstances import Circumstances
from services.consent.rules.policy import Policy
from services.consent.state.consents import ends, standing
from services.consent.state.entities import Incident, Marac, Override
from services.consent.state.heard import Grades
from services.consent.state.world import World
from services.vocabulary.grounds import Ground


class Evidence:
    """What is known about a form at the gate's time, gathered once for all its recipients."""

    def __init__(self, world: World, incident: Incident, grades: Grades, policy: Policy) -> None:
        self._incident = incident
        self._grades = grades
        self._policy = policy
        self._now = _now(world)
        self._victim = world.person(incident.victim) if incident.victim is not None else None
        self._child_cases = {*incident.child_cases}.union(
            *[world.person(child).child_cases for child in incident.children]
        )
        self._attendees: tuple[str, ...] = ()
        if incident.marac is not None and self._lasts(Ground.MARAC, incident.marac):
            self._attendees = incident.marac.attendees or policy.attendees()

    def about(self, recipient: str) -> Circumstances:
        """Return the facts about one recipient."""
        grades, incident = self._grades, self._incident
        return Circumstances(
            risk=grades.risk,
            children=grades.children,
            vulnerable_adults=grades.vulnerable_adults,
            adult_safeguarding_concern=grades.adult_safeguarding_concern,
            consent=standing(
                incident, self._victim, recipient, self._now, self._policy.lasts(Ground.CONSENT)
            ),
            override=self._is_overridden(recipient),
            open_child_case=recipient in self._child_cases,
            marac=recipient in self._attendees,
        )

    def ends(self, recipient: str) -> Mapping[Ground, datetime | None]:
        """Return when each recorded ground of a recipient ends by time; None: not by time."""
        incident = self._incident
        recorded = {
            Ground.CONSENT: incident.consents.get(recipient),
            Ground.OVERRIDE: incident.overrides.get(recipient),
            Ground.MARAC: incident.marac,
        }
        return {
            ground: ends(row, self._policy.lasts(ground))
            for ground, row in recorded.items()
            if row is not None
        }

    def _is_overridden(self, recipient: str) -> bool:
        override = self._incident.overrides.get(recipient)
        return override is not None and self._lasts(Ground.OVERRIDE, override)

    def _lasts(self, ground: Ground, recorded: Override | Marac) -> bool:
        end = ends(recorded, self._policy.lasts(ground))
        return end is None or end > self._now


def open_case(incident: Incident, recipient: str) -> bool:
    """Say whether the recipient has a confirmed open case on the incident."""
    return recipient in incident.cases


def _now(world: World) -> datetime:
    if world.standing.time is None:
        raise ValueError("no time has passed yet: fold an event first")
    return world.standing.time
