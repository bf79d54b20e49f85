"""One incident as the police send it: raised by a first responder, reviewed by the Hub."""

from dataclasses import dataclass
from datetime import datetime

from services.synthetic.dated import Dated
from services.synthetic.households import Child, Household

OWED_BY_RISK = {"high": "dafsu", "medium": "cedah", "standard": "cheshire-cares"}
"""Who may be owed the VPA on the victim's risk (NA 4.11); the officer asks about each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Everything about one incident. `roll` in [0, 1) decides what is neither risk nor household."""

    reference: str
    happened: datetime
    raised_at: datetime
    reviewed_at: datetime
    risk: str
    first_risk: str
    household: Household
    roll: float

    @property
    def children_level(self) -> str:
        """How worrying it is for the children; independent of the adult's risk."""
        if not self.household.children:
            return "none"
        spread = self.roll * 7 % 1
        return "safeguarding" if spread < 0.2 else "early_help" if spread < 0.5 else "below_threshold"

    @property
    def vulnerable_adults(self) -> list[str]:
        """Adults in the household with care and support needs."""
        spread = self.roll * 13 % 1
        return (
            ["victim"]
            if spread < 0.08
            else ["person_causing_harm"]
            if spread < 0.1
            else ["other"]
            if spread < 0.12
            else []
        )

    @property
    def consent(self) -> dict[str, str]:
        """What the victim answered the attending officer, for each who may be owed (NA 4.21)."""
        spread = self.roll * 17 % 1
        answer = "given" if spread < 0.5 else "refused" if spread < 0.78 else "could_not_ask"
        asked = ["cheshire-cares", "cedah"]
        asked += ["family-help"] if self.children_level == "early_help" else []
        asked += ["adult-social-care"] if self.vulnerable_adults else []
        return dict.fromkeys(asked, answer)

    def event_id(self, what: str) -> str:
        """Return the publisher's own id of one of its events."""
        return f"{self.reference}-{what}"


def raised(incident: Incident) -> Dated:
    """Return the first responder's VPA."""
    event = {
        "type": "VpaRaised",
        "id": incident.event_id("raised"),
        "occurred_at": incident.happened.isoformat(),
        "incident": incident.reference,
        "facts": _facts(incident, incident.first_risk),
        "consent": incident.consent,
        **_form(incident),
    }
    return Dated(at=incident.raised_at, agency="police", event=event)


def reviewed(incident: Incident) -> Dated:
    """Return the Hub's secondary assessment: the whole form, with its rationale where risk changed."""
    changed = incident.risk != incident.first_risk
    event = {
        "type": "VpaReviewed",
        "id": incident.event_id("reviewed"),
        "occurred_at": incident.reviewed_at.isoformat(),
        "incident": incident.reference,
        "facts": _facts(incident, incident.risk) | {"previous_risk": incident.first_risk},
        "consent": incident.consent,
        **_form(incident),
        **({"rationale": {"text": incident.household.rationale}} if changed else {}),
    }
    return Dated(at=incident.reviewed_at, agency="police", event=event)


def _facts(incident: Incident, risk: str) -> dict[str, object]:
    return {
        "risk": risk,
        "children": incident.children_level,
        "vulnerable_adults": incident.vulnerable_adults,
        "adult_safeguarding_concern": bool(incident.vulnerable_adults) and incident.roll * 19 % 1 < 0.4,
        "area": incident.household.town.lower(),
        "crime": incident.roll * 23 % 1 < 0.7,
    }


def _form(incident: Incident) -> dict[str, object]:
    home = incident.household
    return {
        "victim": home.victim.as_section() | {"gender": "female" if incident.roll < 0.88 else "male"},
        "contact": contact(incident),
        "children": [child(one) for one in home.children],
        "person_causing_harm": home.harming.as_section() | {"relationship": "partner"},
        "narrative": {"text": home.account},
        "dash": _dash(incident),
    }


def contact(incident: Incident) -> dict[str, object]:
    """Return how to reach the victim; now and then nobody asked whether it is safe."""
    phone = "yes" if incident.roll * 5 % 1 < 0.7 else "no"
    stated = (
        {"safe": {"phone": phone, "post": "no", "email": "not_known"}} if incident.roll * 29 % 1 < 0.9 else {}
    )
    return {"phone": incident.household.victim.phone, "address": incident.household.address, **stated}


def child(one: Child) -> dict[str, object]:
    """Return a child as the form has them."""
    school = {"school_urn": one.school_urn} if one.school_urn else {}
    return (
        one.who.as_section()
        | school
        | {
            "home_educated": one.home_educated,
            "present": True,
            "school_conflict": one.school_conflict,
        }
    )


def _dash(incident: Incident) -> dict[str, object]:
    ticks = {"high": 15, "medium": 9, "standard": 4}.get(incident.risk)
    if ticks is None:
        return {"tool": "DASH", "version": "2009"}
    answers = {f"q{n}": "yes" if n <= ticks else "no" for n in range(1, 25)}
    return {"tool": "DASH", "version": "2009", "answers": answers, "score": ticks}
