"""Entities from the JSON that `written` makes of them, in the shape it writes and in no other."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.consent.state.entities import (
    Age,
    Agreement,
    Backfill,
    Beside,
    Bringing,
    Case,
    Coming,
    Erasure,
    Form,
    Harm,
    Held,
    Incident,
    Joined,
    Marac,
    NotShared,
    Opened,
    Override,
    Person,
    Said,
    Standing,
    Word,
    Worker,
)
from services.consent.state.heard import Child, Grades, SectionAt
from services.consent.state.written import SHAPE
from services.vocabulary.consent import ConsentAnswer
from services.vocabulary.erasure import Objection, Order
from services.vocabulary.placement import Placement
from services.vocabulary.risk import ChildrenLevel, Risk, VulnerableAdult
from services.vocabulary.sides import Client, VictimAge


class OtherShape(Exception):
    """the gate's tables are of another shape than this code reads: make them again from the log"""


def read_incident(text: str) -> Incident:
    """Return the incident that `write` wrote."""
    d = json.loads(text)
    return Incident(
        began=_time(d["began"]),
        victim=d["victim"],
        raised=_read_form(d["raised"]) if d["raised"] else None,
        form=_read_form(d["form"]) if d["form"] else None,
        earlier=tuple(map(_read_form, d["earlier"])),
        taken_back={event_id: tuple(gone) for event_id, gone in d["taken_back"].items()},
        beside={event_id: _read_beside(row) for event_id, row in d["beside"].items()},
        children=tuple(d["children"]),
        parties=tuple(d["parties"]),
        causing_harm=tuple(d["causing_harm"]),
        accused=tuple(d["accused"]),
        looked_at=d["looked_at"],
        ages=tuple(Age(person, by_police, VictimAge(age)) for person, by_police, age in d["ages"]),
        forms_say=_read_directions(d["forms_say"]),
        reports=_read_directions(d["reports"]),
        turned=_read_directions(d["turned"]),
        words=tuple(Word(event_id, wrong, tuple(of)) for event_id, wrong, of in d["words"]),
        let_go=tuple(d["let_go"]),
        found_wrong=tuple(d["found_wrong"]),
        workers=tuple(map(_read_worker, d["workers"])),
        restricted_to=tuple(d["restricted_to"]) if d["restricted_to"] is not None else None,
        consents={
            person: {to: _read_said(row) for to, row in answers.items()}
            for person, answers in d["consents"].items()
        },
        asked=d["asked"],
        overrides={to: tuple(map(_read_override, rows)) for to, rows in d["overrides"].items()},
        not_shared=tuple(map(_read_not_shared, d["not_shared"])),
        marac=_read_marac(d["marac"]) if d["marac"] else None,
        maracs_before=tuple(map(_read_marac, d["maracs_before"])),
        opened={event: _read_opened(row) for event, row in d["opened"].items()},
        child_cases=tuple(d["child_cases"]),
        held={to: _read_held(row) for to, row in d["held"].items()},
        told={to: tuple(persons) for to, persons in d["told"].items()},
        told_in={to: tuple(map(_read_held, rows)) for to, rows in d["told_in"].items()},
    )


def _read_worker(row: list[Any]) -> Worker:
    agency, client, person, whom = row
    return Worker(agency, Client(client), person, tuple(whom))


def _read_directions(rows: Mapping[str, list[str]]) -> dict[str, tuple[str, str]]:
    return {event_id: (victim, by) for event_id, (victim, by) in rows.items()}


def read_person(text: str) -> Person:
    """Return the person that `write` wrote."""
    d = json.loads(text)
    return Person(
        incidents=tuple(d["incidents"]),
        child_of=tuple(d["child_of"]),
        withdrawn={to: datetime.fromisoformat(at) for to, at in d["withdrawn"].items()},
        child_cases=tuple(d["child_cases"]),
        cases=tuple(Case(agency, incident) for agency, incident in d["cases"]),
        harmed_by=tuple(Harm(by, event_id) for by, event_id in d["harmed_by"]),
        harms_in=tuple(d["harms_in"]),
        linked=tuple(d["linked"]),
    )


def read_erasure(text: str) -> Erasure:
    """Return the erasure that `write` wrote."""
    d = json.loads(text)
    return Erasure(
        holds=tuple(d["holds"]),
        order=Order(d["order"]),
        event_id=d["event_id"],
        ordered_at=_time(d["ordered_at"]),
        since=_time(d["since"]),
        objections=tuple(map(Objection, d["objections"])),
    )


def read_standing(text: str) -> Standing:
    """Return the standing that `write` wrote. Raises OtherShape where the tables are of another shape."""
    d = json.loads(text)
    if d.get("shape") != SHAPE:
        raise OtherShape(
            f"the gate's tables were written in shape `{d.get('shape')}` by decision version"
            f" `{d.get('decision_version')}`, and this code reads shape `{SHAPE}`: stop the gate, make them"
            " again with `python -m services.consent rebuild`, and start it"
        )
    return Standing(
        time=_time(d["time"]),
        policy=d["policy"],
        decision_version=d["decision_version"],
        coming=tuple(map(_read_coming, d["coming"])),
        suspended=tuple(d["suspended"]),
        agreements={
            code: Agreement(between=tuple(between), ends_at=_time(ends_at), left=tuple(left))
            for code, (between, ends_at, left) in d["agreements"].items()
        },
        joined={to: Joined(datetime.fromisoformat(at), offset) for to, at, offset in d["joined"]},
        backfills=tuple(map(_read_backfill, d["backfills"])),
        bringing=tuple(
            Bringing(_read_backfill(row), (datetime.fromisoformat(at), incident))
            for row, at, incident in d["bringing"]
        ),
        erasing={person: datetime.fromisoformat(at) for person, at in d["erasing"].items()},
    )


def _read_backfill(row: list[Any]) -> Backfill:
    recipient, since, until = row
    return Backfill(recipient, datetime.fromisoformat(since), datetime.fromisoformat(until))


def _read_coming(row: list[Any]) -> Coming:
    effective_at, offset, hash_, decision_version = row
    return Coming(
        effective_at=datetime.fromisoformat(effective_at),
        offset=offset,
        hash=hash_,
        decision_version=decision_version,
    )


def _read_beside(row: list[Any]) -> Beside:
    form, helds = row
    return Beside(form=_read_form(form), held={to: _read_held(held) for to, held in helds.items()})


def _read_form(d: dict[str, Any]) -> Form:
    risk, level, adults, concern = d["grades"]
    return Form(
        event_id=d["event_id"],
        offset=d["offset"],
        type=d["type"],
        recorded_at=datetime.fromisoformat(d["recorded_at"]),
        publisher=d["publisher"],
        grades=Grades(
            risk=Risk(risk),
            children=ChildrenLevel(level),
            vulnerable_adults=frozenset(map(VulnerableAdult, adults)),
            adult_safeguarding_concern=concern,
        ),
        children=tuple(
            Child(leaf=leaf, person=person, urn=urn, placement=Placement(placement))
            for leaf, person, urn, placement in d["children"]
        ),
        sections=tuple(
            SectionAt(name=name, schema_id=schema_id, leaf=leaf) for name, schema_id, leaf in d["sections"]
        ),
        occurred_at=datetime.fromisoformat(d["occurred_at"]),
        named=tuple(d["named"]),
        victim=d["victim"],
        consent=tuple((to, answer) for to, answer in d["consent"]),
    )


def _read_said(row: list[Any]) -> Said:
    answer, at, recorded_at, event_id, expires_at, by_form, before = row
    return Said(
        answer=ConsentAnswer(answer),
        at=datetime.fromisoformat(at),
        recorded_at=datetime.fromisoformat(recorded_at),
        event_id=event_id,
        expires_at=_time(expires_at),
        by_form=by_form,
        before=_read_said(before) if before is not None else None,
    )


def _read_override(row: list[Any]) -> Override:
    by, at, recorded_at, event_id, expires_at = row
    return Override(
        by=by,
        at=datetime.fromisoformat(at),
        recorded_at=datetime.fromisoformat(recorded_at),
        event_id=event_id,
        expires_at=_time(expires_at),
    )


def _read_not_shared(row: list[Any]) -> NotShared:
    recipient, by, at, event_id = row
    return NotShared(recipient=recipient, by=by, at=datetime.fromisoformat(at), event_id=event_id)


def _read_opened(row: list[Any]) -> Opened:
    agency, client, about = row
    return Opened(agency, Client(client) if client is not None else None, about)


def _read_marac(row: list[Any]) -> Marac:
    event_id, recorded_at, attendees, listed = row
    return Marac(
        event_id=event_id,
        recorded_at=datetime.fromisoformat(recorded_at),
        attendees=tuple(attendees),
        listed=listed,
    )


def _read_held(row: list[Any]) -> Held:
    event_id, offset, ground, rule, leaves, not_after = row
    return Held(
        event_id=event_id,
        offset=offset,
        ground=ground,
        rule=rule,
        leaves=tuple(leaves),
        not_after=_time(not_after),
    )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None
