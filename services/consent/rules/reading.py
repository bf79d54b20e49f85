"""Read a policy's text, and refuse one that says what cannot be."""

import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, time, timedelta
from hashlib import sha256
from typing import Any

from services.consent.rules.circumstances import ALLOWED, OUT_OF_HOURS, PLACEMENT, Condition
from services.consent.rules.policy import (
    ANY,
    EDUCATION,
    PARTNERSHIP,
    PUBLISHER,
    SCHOOL,
    Alone,
    GroundRule,
    Policy,
    Rule,
)
from services.vocabulary.agencies import SINGLE_CONTROLLERS
from services.vocabulary.calendar import OfficeHours
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Ground, Reason
from services.vocabulary.risk import VulnerableAdult


class PolicyError(ValueError):
    """a policy that cannot be applied, with every reason why"""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = tuple(reasons)


KEYS = frozenset({"name", "version", "review_within_hours", "office_hours", "sections", "ground", "rule"})
HOURS_KEYS = frozenset({"opens", "closes", "bank_holidays"})
ATTENDING = ("attendees", "core_attendees", "always_attend")
GROUND_KEYS = frozenset({"id", "source", "when", "lasts_days", *ATTENDING, "only", "never"})
RULE_KEYS = frozenset(
    {"id", "source", "to", "on", "when", "grounds", "sections", "alone", "purpose", "expects", "denies"}
)
MOST = 40_000
"""The largest whole number in a policy: as days, longer than anything lasts; as hours, four years."""

LONGEST_NAME = 64

RELEASING = frozenset({"grounds", "sections", "alone", "purpose", "expects"})
"""What a rule that denies has none of."""

ALONE_KEYS = frozenset({"ground", "adult", "sections"})


def hash_of(text: str) -> str:
    """Return the hash that decisions name a policy by: SHA-256 over its text, in hex."""
    return sha256(text.encode("utf-8")).hexdigest()


def parse(text: str) -> Policy:
    """Return the policy a TOML text says. Raises PolicyError with every reason it cannot be applied.

    What no reason was written for is one all the same: a policy may be refused, and never stop a gate.
    """
    try:
        return _parsed(text)
    except PolicyError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise PolicyError([f"not a policy: {type(error).__name__} while it was read"]) from error


def _parsed(text: str) -> Policy:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError([f"not TOML: {error}"]) from error
    reasons = list(_faults(document))
    if reasons:
        raise PolicyError(reasons)
    return Policy(
        hash=hash_of(text),
        name=document["name"],
        version=document["version"],
        text=text,
        sections=frozenset(f"{name}/{n}" for name, all_ in document["sections"].items() for n in all_),
        grounds=tuple(_ground(row) for row in document["ground"]),
        rules=tuple(_rule(row) for row in document["rule"]),
        review_within=_hours(document.get("review_within_hours")),
        hours=_office(document["office_hours"]) if "office_hours" in document else None,
    )


def _hours(hours: int | None) -> timedelta | None:
    return timedelta(hours=hours) if hours is not None else None


def _office(row: Mapping[str, Any]) -> OfficeHours:
    return OfficeHours(
        opens=row["opens"], closes=row["closes"], bank_holidays=frozenset(row.get("bank_holidays", ()))
    )


def _ground(row: Mapping[str, Any]) -> GroundRule:
    return GroundRule(
        ground=Ground(row["id"]),
        source=row["source"],
        when=_when(row),
        lasts_days=row.get("lasts_days"),
        attendees=tuple(row.get("attendees", ())),
        core_attendees=tuple(row.get("core_attendees", ())),
        always_attend=tuple(row.get("always_attend", ())),
        only=tuple(row.get("only", ())),
        never=tuple(row.get("never", ())),
    )


def _rule(row: Mapping[str, Any]) -> Rule:
    return Rule(
        id=row["id"],
        source=row["source"],
        to=row["to"],
        on=frozenset(row["on"]),
        when=_when(row),
        grounds=frozenset(map(Ground, row.get("grounds", ()))),
        sections=tuple(row.get("sections", ())),
        alone=tuple(_alone(each) for each in row.get("alone", ())),
        purpose=row.get("purpose", ""),
        expects=row.get("expects"),
        denies=Reason(row["denies"]) if "denies" in row else None,
    )


def _alone(row: Mapping[str, Any]) -> Alone:
    adult = row.get("adult")
    return Alone(
        ground=Ground(row["ground"]),
        adult=VulnerableAdult(adult) if adult is not None else None,
        sections=tuple(row["sections"]),
    )


def _when(row: Mapping[str, Any]) -> tuple[Condition, ...]:
    return tuple(
        Condition(fact=fact, values=frozenset(values if isinstance(values, list) else [values]))
        for fact, values in row["when"].items()
    )


def _faults(document: Mapping[str, Any]) -> Iterator[str]:
    yield from _shape("the policy", document, KEYS, {"name": str, "version": int, "sections": dict})
    yield from _whole("the policy", "review_within_hours", document)
    yield from _whole("the policy", "version", document)
    yield from _office_faults(document)
    name = document.get("name")
    if isinstance(name, str) and not (name.isprintable() and 1 <= len(name) <= LONGEST_NAME):
        yield f"the policy has no short name: give one of at most {LONGEST_NAME} letters on one line"
    sections = document.get("sections", {})
    if not isinstance(sections, dict) or not all(_is_versions(versions) for versions in sections.values()):
        yield "sections names no versions: write name = [1]"
        return
    if "routing" in sections:
        yield "sections names `routing`: remove it, routing is never released"
    for key in ("ground", "rule"):
        if not isinstance(document.get(key), list) or not all(isinstance(row, dict) for row in document[key]):
            yield f"no [[{key}]]: a policy without one releases nothing"
            return
    yield from _twice("ground", [row.get("id") for row in document["ground"]])
    yield from _twice("rule", [row.get("id") for row in document["rule"]])
    for row in document["ground"]:
        yield from _ground_faults(row)
    grounds = {row["id"] for row in document["ground"] if isinstance(row.get("id"), str)}
    for row in document["rule"]:
        yield from _rule_faults(row, grounds, frozenset(sections))
    for row in (*document["ground"], *document["rule"]):
        when = row.get("when")
        if "office_hours" not in document and isinstance(when, dict) and OUT_OF_HOURS in when:
            yield f"`{row.get('id')}` asks for `{OUT_OF_HOURS}`: say in [office_hours] when offices are open"


def _office_faults(document: Mapping[str, Any]) -> Iterator[str]:
    if "office_hours" not in document:
        return
    row = document["office_hours"]
    if not isinstance(row, dict):
        yield "office_hours says no hours: write [office_hours] with opens and closes"
        return
    yield from _shape("office_hours", row, HOURS_KEYS, {"opens": time, "closes": time})
    opens, closes, days = row.get("opens"), row.get("closes"), row.get("bank_holidays", [])
    if isinstance(opens, time) and isinstance(closes, time) and opens >= closes:
        yield "office_hours ends before it begins: give opens and closes of one day"
    if not isinstance(days, list) or not all(type(day) is date for day in days):
        yield "office_hours lists no days as `bank_holidays`: write [2024-12-25]"


def _ground_faults(row: Mapping[str, Any]) -> Iterator[str]:
    where = f"ground `{row.get('id')}`"
    yield from _shape(where, row, GROUND_KEYS, {"id": str, "source": str, "when": dict})
    yield from _unknown(where, "ground", [row.get("id")], set(Ground))
    yield from _when_faults(where, row, may_place=False)
    for key in (*ATTENDING, "only", "never"):
        yield from _unknown(where, "recipient", row.get(key, []), set(SINGLE_CONTROLLERS))
    yield from _whole(where, "lasts_days", row)


def _rule_faults(row: Mapping[str, Any], grounds: set[Any], sections: frozenset[str]) -> Iterator[str]:
    where = f"rule `{row.get('id')}`"
    yield from _shape(where, row, RULE_KEYS, {"id": str, "source": str, "to": str, "on": list, "when": dict})
    yield from _unknown(where, "recipient", [row.get("to")], {*SINGLE_CONTROLLERS, ANY, PUBLISHER, SCHOOL})
    yield from _unknown(where, "event type", row.get("on", []), {*EventType, ANY})
    yield from _when_faults(where, row, may_place=row.get("to") in (SCHOOL, EDUCATION))
    if row.get("to") in (PUBLISHER, PARTNERSHIP) and row.get("when"):
        yield f"{where} asks for something: write when = {{}}, its recipient gets each event as it is"
    if "denies" in row:
        yield from _unknown(where, "reason", [row["denies"]], set(Reason))
        yield from (
            f"{where} denies, and has `{key}`: remove one of them" for key in sorted(RELEASING & row.keys())
        )
        return
    yield from _unknown(where, "ground", row.get("grounds") or [None], grounds)
    yield from _unknown(where, "section", row.get("sections") or [None], {*sections, ANY})
    if not isinstance(row.get("purpose"), str):
        yield f"{where} says no purpose: say what it may be used for"
    if not isinstance(row.get("expects", ""), str):
        yield f"{where} expects no text: say what its recipient should do, and by when"
    narrowed = row.get("alone", [])
    if not isinstance(narrowed, list) or not all(isinstance(alone, dict) for alone in narrowed):
        yield f"{where} has no rows as `alone`: write [[rule.alone]]"
        return
    for alone in narrowed:
        yield from _shape(where, alone, ALONE_KEYS, {"ground": str, "sections": list})
        yield from _unknown(where, "ground", [alone.get("ground")], set(row.get("grounds", ())))
        yield from _unknown(where, "section", alone.get("sections", []), sections)
        yield from _unknown(where, "adult", [alone.get("adult")], {*VulnerableAdult, None})


def _when_faults(where: str, row: Mapping[str, Any], *, may_place: bool) -> Iterator[str]:
    when = row.get("when")
    for fact, values in when.items() if isinstance(when, dict) else ():
        if fact not in ALLOWED or (fact == PLACEMENT) > may_place:
            yield f"{where} asks for `{fact}`: only {', '.join(ALLOWED)} are known"
            continue
        yield from _unknown(where, fact, values if isinstance(values, list) else [values], set(ALLOWED[fact]))


def _shape(
    where: str, row: Mapping[str, Any], known: frozenset[str], needed: Mapping[str, type]
) -> Iterator[str]:
    for key in sorted(set(row) - known):
        yield f"{where} has `{key}`: remove it, nothing reads it"
    for key, kind in needed.items():
        if not isinstance(row.get(key), kind):
            yield f"{where} has no `{key}`: add it"


def _unknown(where: str, what: str, names: Any, known: Collection[Any]) -> Iterator[str]:
    if not isinstance(names, list):
        yield f"{where} lists no {what}s: write a list"
        return
    for name in names:
        if not isinstance(name, str | bool | None) or name not in known:
            yield f"{where} names no {what} known here with `{name}`: see design 5"


def _whole(where: str, key: str, row: Mapping[str, Any]) -> Iterator[str]:
    if key in row and (type(row[key]) is not int or not 1 <= row[key] <= MOST):
        yield f"{where} has no whole number as `{key}`: give one from 1 to {MOST}"


def _twice(what: str, names: Sequence[Any]) -> Iterator[str]:
    for name in sorted({str(name) for name in names if names.count(name) > 1}):
        yield f"{what} `{name}` is there twice: keep one"


def _is_versions(versions: Any) -> bool:
    return isinstance(versions, list) and all(isinstance(n, int) and n > 0 for n in versions)
