"""What is known about an incident, as the facts that route one recipient of it."""

from datetime import datetime, timedelta

from services.consent.rules.circumstances import Circumstances
from services.consent.rules.policy import Policy
from services.consent.state.consents import standing
from services.consent.state.entities import Incident
from services.consent.state.heard import Grades
from services.consent.state.world import World
from services.vocabulary.grounds import CAN_END, Ground


class Evidence:
    """What is known about a form at the gate's time, gathered once for all its recipients."""

    def __init__(self, world: World, incident: Incident, grades: Grades, policy: Policy) -> None:
        self._incident = incident
        self._grades = grades
        self._now = _now(world)
        self._victim = world.person(incident.victim) if incident.victim is not None else None
        self._child_cases = {*incident.child_cases}.union(
            *[world.person(child).child_cases for child in incident.children]
        )
        self._attendees: tuple[str, ...] = ()
        if incident.marac is not None:
            self._attendees = incident.marac.attendees or policy.attendees()

    def about(self, recipient: str) -> Circumstances:
        """Return the facts about one recipient."""
        grades, incident = self._grades, self._incident
        return Circumstances(
            risk=grades.risk,
            children=grades.children,
            vulnerable_adults=grades.vulnerable_adults,
            adult_safeguarding_concern=grades.adult_safeguarding_concern,
            consent=standing(incident, self._victim, recipient, self._now),
            override=_is_overridden(incident, recipient, self._now),
            open_child_case=recipient in self._child_cases,
            marac=recipient in self._attendees,
        )


def not_after(
    world: World, incident: Incident, ground: Ground, recipient: str, policy: Policy
) -> datetime | None:
    """Return when a release's ground ends: as recorded, else as long from now as the policy lets it last."""
    if ground not in CAN_END:
        return None
    row = policy.ground(ground)
    lasts = timedelta(days=row.lasts_days) if row is not None and row.lasts_days is not None else None
    return _recorded_end(incident, ground, recipient) or (_now(world) + lasts if lasts is not None else None)


def open_case(incident: Incident, recipient: str) -> bool:
    """Say whether the recipient has a confirmed open case on the incident."""
    return recipient in incident.cases


def _now(world: World) -> datetime:
    if world.standing.time is None:
        raise ValueError("no time has passed yet: fold an event first")
    return world.standing.time


def _recorded_end(incident: Incident, ground: Ground, recipient: str) -> datetime | None:
    if ground is Ground.CONSENT and recipient in incident.consents:
        return incident.consents[recipient].expires_at
    if ground is Ground.OVERRIDE and recipient in incident.overrides:
        return incident.overrides[recipient].expires_at
    return None


def _is_overridden(incident: Incident, recipient: str, now: datetime) -> bool:
    override = incident.overrides.get(recipient)
    return override is not None and (override.expires_at is None or override.expires_at > now)
