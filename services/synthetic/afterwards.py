"""What happens after a review: consent that comes late or ends, overrides, cases, referrals, MARAC."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from services.synthetic.dated import Dated
from services.synthetic.incident import Incident, child, contact, reviewed
from services.synthetic.moments import at_the_desk

LATE_CONSENTS, WITHDRAWALS, OVERRIDES, REFERRALS, CASES, STATUSES, MARACS = 12, 5, 6, 8, 12, 4, 8

BY_WHOM = {"rank": "sergeant", "reviewed_by": "staff-0107"}
"""Who makes the overrides, and who reviews them."""

TAKEN_BY = "staff-0112"
"""Who asks for the consents that come late."""

LATEST = timedelta(days=2)
"""How long after the review the last of these happens."""


def followed_up(incidents: Sequence[Incident], rng: random.Random) -> list[Dated]:
    """Return everything agencies publish about the month's incidents once the Hub has reviewed them."""
    pick = _Picker(incidents, rng)
    return [
        *_late_consents(pick),
        *_withdrawals(pick),
        *_overrides(pick),
        *_maracs(pick),
        *_cases(pick),
        *_statuses(pick),
        *_referrals(pick),
        *_correction(pick),
    ]


class _Picker:
    """Chooses incidents, each for one purpose at most, and a desk hour after their review."""

    def __init__(self, incidents: Sequence[Incident], rng: random.Random) -> None:
        self._left = list(incidents)
        self.rng = rng
        rng.shuffle(self._left)

    def take(
        self, count: int, *, risk: str | None = None, answer: str | None = None, level: str | None = None
    ) -> list[Incident]:
        """Return up to that many incidents of a risk, an answer to consent and a level for children."""
        chosen = [
            one
            for one in self._left
            if (risk is None or one.risk == risk)
            and (answer is None or answer in one.consent.values())
            and (level is None or one.children_level == level)
        ][:count]
        self._left = [one for one in self._left if one not in chosen]
        return chosen

    def after(self, incident: Incident) -> datetime:
        """Return a desk hour within two days of the review."""
        return at_the_desk(
            incident.reviewed_at + timedelta(hours=self.rng.uniform(3, LATEST / timedelta(hours=1)))
        )


def _police(incident: Incident, at: datetime, kind: str, **sections: object) -> Dated:
    return Dated(
        at=at, agency="police", event=_event(incident, at, kind) | {"incident": incident.reference} | sections
    )


def _event(incident: Incident, at: datetime, kind: str) -> dict[str, object]:
    return {"type": kind, "id": incident.event_id(kind.lower()), "occurred_at": at.isoformat()}


def _late_consents(pick: _Picker) -> Iterator[Dated]:
    for one in pick.take(LATE_CONSENTS, answer="could_not_ask"):
        given = dict.fromkeys(one.consent, "given")
        facts = {"purpose": "support", "method": "telephone", "taken_by": TAKEN_BY}
        yield _police(one, pick.after(one), "ConsentRecorded", consent=given, facts=facts)


def _withdrawals(pick: _Picker) -> Iterator[Dated]:
    for number, one in enumerate(pick.take(WITHDRAWALS, answer="given")):
        named = {"consent": {"cheshire-cares": "withdrawn"}} if number % 2 else {}
        yield _police(one, pick.after(one), "ConsentWithdrawn", facts={"method": "telephone"}, **named)


def _overrides(pick: _Picker) -> Iterator[Dated]:
    for risk, recipient, level in (("medium", "cedah", None), ("standard", "family-help", "early_help")):
        for one in pick.take(OVERRIDES // 2, risk=risk, answer="refused", level=level):
            rationale = {"text": one.household.rationale}
            yield _police(
                one,
                pick.after(one),
                "OverrideRecorded",
                facts=BY_WHOM | {"recipient": recipient},
                rationale=rationale,
            )


def _maracs(pick: _Picker) -> Iterator[Dated]:
    for number, one in enumerate(pick.take(MARACS, risk="high")):
        at = pick.after(one)
        criterion = "professional-judgement" if number % 4 == 0 else "visible-high-risk"
        facts = {"criterion": criterion, "meeting_on": (at + timedelta(days=9)).date().isoformat()}
        yield _police(one, at, "MaracListed", facts=facts)


def _cases(pick: _Picker) -> Iterator[Dated]:
    """Open cases with who holds the release; one of each agency's nobody confirms: it is recorded only."""
    for agency, risk in (("dafsu", "high"), ("cedah", "medium")):
        for number, one in enumerate(
            pick.take(CASES // 2, risk=risk, answer=None if agency == "dafsu" else "given")
        ):
            confirmed = {"confirmed_by": f"staff-{agency}-{number + 7}"} if number else {}
            at = pick.after(one)
            facts = {"case": f"{agency}-{one.reference}", "client": "adult_victim"} | confirmed
            yield Dated(
                at=at,
                agency=agency,
                about=one.reference,
                event=_event(one, at, "CaseOpened") | {"facts": facts},
            )


def _statuses(pick: _Picker) -> Iterator[Dated]:
    for number, one in enumerate(pick.take(STATUSES, level="safeguarding")):
        at = pick.after(one)
        facts = {"status": ("CP", "CIN")[number % 2], "confirmed_by": f"staff-checs-{number + 3}"}
        event = _event(one, at, "ChildCaseStatus") | {"facts": facts}
        yield Dated(at=at, agency="checs", about=one.reference, event=event)


def _referrals(pick: _Picker) -> Iterator[Dated]:
    """People who come to CEDAH by themselves or are sent, some of them known from an incident."""
    sources = ("self", "children's social care", "leighton hospital", "adult social care")
    for number, one in enumerate(pick.take(REFERRALS)):
        at = pick.after(one)
        source = sources[number % len(sources)]
        told = contact(one) | {"safe": {"phone": "yes", "post": "no", "email": "not_known"}}
        event = _event(one, at, "ReferralReceived") | {
            "incident": f"CEDAH-{one.reference}",
            "facts": {"referral_source": source, "self_referral": source == "self"},
            "victim": one.household.victim.as_section(),
            "contact": told,
            "referral": {"text": one.household.account},
        }
        yield Dated(at=at, agency="cedah", event=event)


def _correction(pick: _Picker) -> Iterator[Dated]:
    """The Hub had written down the wrong date of birth for a child: the whole form again."""
    for one in pick.take(1, risk="medium", level="early_help"):
        at = pick.after(one)
        form = dict(reviewed(one).event)
        born = one.household.children[0].who.born + timedelta(days=1)
        children = [child(each) for each in one.household.children]
        children[0] = children[0] | {"date_of_birth": born.isoformat()}
        form |= _event(one, at, "VpaCorrected") | {"corrects": one.event_id("reviewed"), "children": children}
        yield Dated(at=at, agency="police", event=form)
