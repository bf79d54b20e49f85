"""Entities as JSON and back: the same entity always gives the same text, in whatever order it grew.

Whoever changes what is written here, or a table of the gate, raises `SHAPE`. That is not the decision
version: at its adoption a gate of a new one starts from the tables of the one before, if of one shape.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.consent.state.entities import (
    Age,
    Agreement,
    Backfill,
    Bringing,
    Case,
    Erasure,
    Harm,
    Incident,
    Joined,
    Person,
    Standing,
    Worker,
)
from services.consent.state.written_rows import (
    form_row,
    held_row,
    held_rows,
    marac_row,
    moment_of,
    override_row,
    read_beside,
    read_coming,
    read_form,
    read_held,
    read_marac,
    read_not_shared,
    read_override,
    read_said,
    said_row,
    when,
)
from services.vocabulary.erasure import Objection, Order
from services.vocabulary.sides import Client, VictimAge

Entity = Incident | Person | Erasure | Standing

SHAPE = 1
"""In which shape the gate's tables are: kept with the standing, and read in no other."""


class OtherShape(Exception):
    """the gate's tables are of another shape than this code reads: make them again from the log"""


_dumps = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def write(entity: Entity) -> str:
    """Return an entity as canonical JSON."""
    if isinstance(entity, Incident):
        return _dumps(_incident(entity))
    if isinstance(entity, Person):
        return _dumps(_person(entity))
    if isinstance(entity, Erasure):
        return _dumps(_erasure(entity))
    return _dumps(_standing(entity))


def read_incident(text: str) -> Incident:
    """Return the incident that `write` wrote."""
    d = json.loads(text)
    return Incident(
        began=moment_of(d["began"]),
        victim=d["victim"],
        raised=read_form(d["raised"]) if d["raised"] else None,
        form=read_form(d["form"]) if d["form"] else None,
        earlier=tuple(map(read_form, d["earlier"])),
        taken_back={event_id: tuple(gone) for event_id, gone in d["taken_back"].items()},
        beside={event_id: read_beside(row) for event_id, row in d["beside"].items()},
        children=tuple(d["children"]),
        parties=tuple(d["parties"]),
        causing_harm=tuple(d["causing_harm"]),
        accused=tuple(d["accused"]),
        looked_at=d["looked_at"],
        ages=tuple(Age(person, by_police, VictimAge(age)) for person, by_police, age in d["ages"]),
        forms_say=_read_directions(d["forms_say"]),
        reports=_read_directions(d["reports"]),
        turned=_read_directions(d["turned"]),
        let_go=tuple(d["let_go"]),
        found_wrong=tuple(d["found_wrong"]),
        workers=tuple(Worker(agency, Client(client), person) for agency, client, person in d["workers"]),
        restricted_to=tuple(d["restricted_to"]) if d["restricted_to"] is not None else None,
        consents={
            person: {to: read_said(row) for to, row in answers.items()}
            for person, answers in d["consents"].items()
        },
        asked=d["asked"],
        overrides={to: tuple(map(read_override, rows)) for to, rows in d["overrides"].items()},
        not_shared=tuple(map(read_not_shared, d["not_shared"])),
        marac=read_marac(d["marac"]) if d["marac"] else None,
        maracs_before=tuple(map(read_marac, d["maracs_before"])),
        cases=tuple(d["cases"]),
        opened=d["opened"],
        child_cases=tuple(d["child_cases"]),
        held={to: read_held(row) for to, row in d["held"].items()},
        told={to: tuple(persons) for to, persons in d["told"].items()},
        told_in={to: tuple(map(read_held, rows)) for to, rows in d["told_in"].items()},
    )


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
        ordered_at=moment_of(d["ordered_at"]),
        since=moment_of(d["since"]),
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
        time=moment_of(d["time"]),
        policy=d["policy"],
        decision_version=d["decision_version"],
        coming=tuple(map(read_coming, d["coming"])),
        suspended=tuple(d["suspended"]),
        agreements={
            code: Agreement(between=tuple(between), ends_at=moment_of(ends_at), left=tuple(left))
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


def _standing(standing: Standing) -> dict[str, Any]:
    return {
        "shape": SHAPE,
        "time": when(standing.time),
        "policy": standing.policy,
        "decision_version": standing.decision_version,
        "coming": [
            [when(row.effective_at), row.offset, row.hash, row.decision_version] for row in standing.coming
        ],
        "suspended": standing.suspended,
        "agreements": {
            code: [row.between, when(row.ends_at), row.left] for code, row in standing.agreements.items()
        },
        "joined": [[to, when(row.at), row.offset] for to, row in standing.joined.items()],
        "backfills": list(map(_backfill, standing.backfills)),
        "bringing": [
            [_backfill(row.backfill), when(row.reached[0]), row.reached[1]] for row in standing.bringing
        ],
        "erasing": {person: at.isoformat() for person, at in standing.erasing.items()},
    }


def _backfill(row: Backfill) -> list[Any]:
    return [row.recipient, when(row.since), when(row.until)]


def _read_backfill(row: list[Any]) -> Backfill:
    recipient, since, until = row
    return Backfill(recipient, datetime.fromisoformat(since), datetime.fromisoformat(until))


def _incident(incident: Incident) -> dict[str, Any]:
    return {
        "began": when(incident.began),
        "victim": incident.victim,
        "raised": form_row(incident.raised) if incident.raised else None,
        "form": form_row(incident.form) if incident.form else None,
        "earlier": list(map(form_row, incident.earlier)),
        "taken_back": dict(incident.taken_back),
        "beside": {key: [form_row(row.form), held_rows(row.held)] for key, row in incident.beside.items()},
        "children": incident.children,
        "parties": incident.parties,
        "causing_harm": incident.causing_harm,
        "accused": incident.accused,
        "looked_at": incident.looked_at,
        "ages": incident.ages,
        "forms_say": dict(incident.forms_say),
        "reports": dict(incident.reports),
        "turned": dict(incident.turned),
        "let_go": incident.let_go,
        "found_wrong": incident.found_wrong,
        "workers": incident.workers,
        "restricted_to": incident.restricted_to,
        "consents": {
            person: {to: said_row(said) for to, said in answers.items()}
            for person, answers in incident.consents.items()
        },
        "asked": dict(incident.asked),
        "overrides": {to: list(map(override_row, rows)) for to, rows in incident.overrides.items()},
        "not_shared": [[row.recipient, row.by, when(row.at), row.event_id] for row in incident.not_shared],
        "marac": marac_row(incident.marac) if incident.marac else None,
        "maracs_before": list(map(marac_row, incident.maracs_before)),
        "cases": incident.cases,
        "opened": dict(incident.opened),
        "child_cases": incident.child_cases,
        "held": held_rows(incident.held),
        "told": dict(incident.told),
        "told_in": {to: list(map(held_row, rows)) for to, rows in incident.told_in.items()},
    }


def _person(person: Person) -> dict[str, Any]:
    return {
        "incidents": person.incidents,
        "child_of": person.child_of,
        "withdrawn": {to: at.isoformat() for to, at in person.withdrawn.items()},
        "child_cases": person.child_cases,
        "cases": person.cases,
        "harmed_by": person.harmed_by,
        "harms_in": person.harms_in,
        "linked": person.linked,
    }


def _erasure(erasure: Erasure) -> dict[str, Any]:
    return {
        "holds": erasure.holds,
        "order": erasure.order,
        "event_id": erasure.event_id,
        "ordered_at": when(erasure.ordered_at),
        "since": when(erasure.since),
        "objections": erasure.objections,
    }
