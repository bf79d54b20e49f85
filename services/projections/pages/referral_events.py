"""A referral of somebody new as events: what came, what was consented to, and to whom it goes on. Pure.

All three name one incident by a reference made of the form's press. It is the agency's own, and says nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from json import dumps
from typing import Final

from services.projections.pages import referral_questions as asked
from services.projections.pages.questions import Answers, day_in
from services.projections.pages.referral_questions import OF_CHILD
from services.vocabulary.consent import ConsentAnswer
from services.vocabulary.events import EventType
from services.vocabulary.people import age_on
from services.vocabulary.risk import ChildrenLevel, Risk

SIXTEEN: Final = 16
"""Years of age from which domestic abuse can be suffered in one's own right (Domestic Abuse Act 2021 s1)."""

HANDED_ON: Final = frozenset({ConsentAnswer.GIVEN.value, ConsentAnswer.COULD_NOT_ASK.value})
OF_VICTIM: Final = ("given_name", "family_name", "born", "nhs")
Event = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """One form that was shown: its random name, when that was, and who filled it in."""

    name: str
    occurred_at: str
    today: date
    person: str


def compact(said: Answers, children: int) -> dict[str, str]:
    """Return the answers with those children first of whom something is said: the door counts them so."""
    named = list(children_of(said, children))
    rest = [number for number in range(1, children + 1) if number not in named]
    moved: dict[str, str] = {}
    for to, of in enumerate((*named, *rest), 1):
        start = f"child_{of}_"
        moved |= {
            f"child_{to}_{name.removeprefix(start)}": text
            for name, text in said.items()
            if name.startswith(start)
        }
    return {**said, **moved}


def children_of(said: Answers, children: int) -> tuple[int, ...]:
    """Return the numbers of the children of whom something is said."""
    numbers = range(1, children + 1)
    return tuple(n for n in numbers if any(said.get(f"child_{n}_{name}") for name in OF_CHILD))


def never_waits(said: Answers, children: int, today: date) -> bool:
    """Say whether a referral is of somebody at high risk, or about a child's safety: nothing may delay it."""
    born = day_in(said["born"])
    return (
        said["risk"] == Risk.HIGH
        or said["level"] == ChildrenLevel.SAFEGUARDING
        or bool(children_of(said, children))
        or (born is not None and 0 <= age_on(today, born) < SIXTEEN)
    )


def handed_on(said: Answers) -> tuple[str, ...]:
    """Return whom it is handed on to."""
    return tuple(name for name in asked.HANDED_TO if said.get(f"to_{name}") in HANDED_ON)


def answered(said: Answers) -> Mapping[str, str]:
    """Return what the adult victim answered, by the agency it is about."""
    answers = {name: said.get(f"to_{name}", "") for name in asked.HANDED_TO}
    return {name: answer for name, answer in answers.items() if answer}


def received(said: Answers, children: int, press: Press) -> Event:
    """Return the referral as the door takes it; what was not said is not in it."""
    itself = said["came"] == asked.THEMSELVES
    facts = {
        **_graded(said, children),
        "referral_source": said["source"] or ("self" if itself else ""),
        "self_referral": itself if said["came"] else None,
        "received_on": press.today.isoformat(),
    }
    referrer = {name: said[f"referrer_{name}"] for name in ("name", "role", "phone", "email")}
    head = _head(EventType.REFERRAL_RECEIVED, said, press, "")
    return {**head, "facts": _given(facts), **_sections(said, children, press), **_part("referrer", referrer)}


def consented(said: Answers, press: Press) -> Event:
    """Return the adult victim's answers as the door takes them."""
    return {
        **_head(EventType.CONSENT_RECORDED, said, press, "-consent"),
        "consent": answered(said),
        "facts": _given({"purpose": "support", "method": said["method"], "taken_by": press.person}),
    }


def referred_on(said: Answers, children: int, press: Press) -> Event:
    """Return the referral as it is handed on, whole: who takes it up was told nothing before."""
    return {
        **_head(EventType.REFERRED_ON, said, press, "-on"),
        "facts": {**_given(_graded(said, children)), "to": list(handed_on(said))},
        **_sections(said, children, press),
    }


def _head(event: EventType, said: Answers, press: Press, ending: str) -> Event:
    """Return what every event begins with. What is sent twice has one id; what was changed, another."""
    digest = sha256(dumps([said, press.name, press.occurred_at], sort_keys=True).encode()).hexdigest()[:32]
    return {
        "type": event.value,
        "id": f"refer-{digest}{ending}",
        "occurred_at": press.occurred_at,
        "incident": f"refer-{press.name}",
    }


def _graded(said: Answers, children: int) -> Mapping[str, object]:
    none = said["children_known"] == asked.NO and not children_of(said, children)
    return {"risk": said["risk"], "children": said["level"] or (ChildrenLevel.NONE.value if none else "")}


def _sections(said: Answers, children: int, press: Press) -> Event:
    named = [_child(said, f"child_{number}_") for number in children_of(said, children)]
    return {
        **_victim(said, children, press.today),
        **_part("contact", _contact(said)),
        **({"children": named} if named else {}),
        **_part("person_causing_harm", _person(said, "harm_")),
        **_part("referral", {"text": said["text"]}),
    }


def _victim(said: Answers, children: int, today: date) -> Event:
    """Return the adult victim. Somebody in danger of whom nothing is known yet is somebody all the same."""
    numbers = [{"scheme": "nhs", "value": said["nhs"]}] if said["nhs"] else []
    known = {**_given(_person(said, "")), **({"identifiers": numbers} if numbers else {})}
    return {"victim": known} if known or never_waits(said, children, today) else {}


def _person(said: Answers, prefix: str) -> Mapping[str, str]:
    return {
        "given_name": said[f"{prefix}given_name"],
        "family_name": said[f"{prefix}family_name"],
        "date_of_birth": said[f"{prefix}born"],
    }


def _child(said: Answers, prefix: str) -> Mapping[str, object]:
    school = said[f"{prefix}school"]
    return {
        **_given(_person(said, prefix)),
        **({"home_educated": school == asked.AT_HOME} if school not in ("", asked.OTHER_SCHOOL) else {}),
        **({"school_urn": school} if school not in ("", asked.AT_HOME, asked.OTHER_SCHOOL) else {}),
    }


def _contact(said: Answers) -> Mapping[str, object]:
    safe = {channel: said[f"safe_{channel}"] for channel in asked.CHANNELS}
    more = {"said_by": said["said_by"], "hours": said["hours"], "phone_monitored": said["monitored"]}
    details = {name: said[name] for name in ("phone", "email", "address", "postcode")}
    return {**details, **_part("safe", {**safe, **more})}


def _part(name: str, fields: Mapping[str, object]) -> Event:
    given = _given(fields)
    return {name: given} if given else {}


def _given(fields: Mapping[str, object]) -> Mapping[str, object]:
    return {name: value for name, value in fields.items() if value not in ("", None)}
