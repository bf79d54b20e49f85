"""Entities as JSON: the same entity always gives the same text, in whatever order it grew.

Whoever changes what is written here, or a table of the gate, raises `SHAPE`. That is not the decision
version: at its adoption a gate of a new one starts from the tables of the one before, if of one shape.
`read_back` reads it.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.consent.state.entities import (
    Backfill,
    Erasure,
    Form,
    Held,
    Incident,
    Marac,
    Override,
    Person,
    Said,
    Standing,
)

Entity = Incident | Person | Erasure | Standing

SHAPE = 4
"""In which shape the gate's tables are: kept with the standing, and read in no other."""

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


def _standing(standing: Standing) -> dict[str, Any]:
    return {
        "shape": SHAPE,
        "time": _when(standing.time),
        "policy": standing.policy,
        "decision_version": standing.decision_version,
        "coming": [
            [_when(row.effective_at), row.offset, row.hash, row.decision_version] for row in standing.coming
        ],
        "suspended": standing.suspended,
        "agreements": {
            code: [row.between, _when(row.ends_at), row.left] for code, row in standing.agreements.items()
        },
        "joined": [[to, _when(row.at), row.offset] for to, row in standing.joined.items()],
        "backfills": list(map(_backfill, standing.backfills)),
        "bringing": [
            [_backfill(row.backfill), _when(row.reached[0]), row.reached[1]] for row in standing.bringing
        ],
        "erasing": {person: at.isoformat() for person, at in standing.erasing.items()},
    }


def _backfill(row: Backfill) -> list[Any]:
    return [row.recipient, _when(row.since), _when(row.until)]


def _incident(incident: Incident) -> dict[str, Any]:
    return {
        "began": _when(incident.began),
        "victim": incident.victim,
        "raised": _form(incident.raised) if incident.raised else None,
        "form": _form(incident.form) if incident.form else None,
        "earlier": list(map(_form, incident.earlier)),
        "taken_back": dict(incident.taken_back),
        "beside": {key: [_form(row.form), _helds(row.held)] for key, row in incident.beside.items()},
        "children": incident.children,
        "parties": incident.parties,
        "causing_harm": incident.causing_harm,
        "accused": incident.accused,
        "looked_at": incident.looked_at,
        "ages": incident.ages,
        "forms_say": dict(incident.forms_say),
        "reports": dict(incident.reports),
        "turned": dict(incident.turned),
        "words": incident.words,
        "let_go": incident.let_go,
        "found_wrong": incident.found_wrong,
        "workers": incident.workers,
        "restricted_to": incident.restricted_to,
        "consents": {
            person: {to: _said(said) for to, said in answers.items()}
            for person, answers in incident.consents.items()
        },
        "asked": dict(incident.asked),
        "overrides": {to: list(map(_override, rows)) for to, rows in incident.overrides.items()},
        "not_shared": [[row.recipient, row.by, _when(row.at), row.event_id] for row in incident.not_shared],
        "marac": _marac(incident.marac) if incident.marac else None,
        "maracs_before": list(map(_marac, incident.maracs_before)),
        "opened": dict(incident.opened),
        "child_cases": incident.child_cases,
        "held": _helds(incident.held),
        "told": dict(incident.told),
        "told_in": {to: list(map(_held, rows)) for to, rows in incident.told_in.items()},
    }


def _said(said: Said) -> list[Any]:
    row = [said.answer, _when(said.at), _when(said.recorded_at), said.event_id, _when(said.expires_at)]
    return [*row, said.by_form, _said(said.before) if said.before is not None else None]


def _override(row: Override) -> list[Any]:
    return [row.by, _when(row.at), _when(row.recorded_at), row.event_id, _when(row.expires_at)]


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
        "ordered_at": _when(erasure.ordered_at),
        "since": _when(erasure.since),
        "objections": erasure.objections,
    }


def _marac(marac: Marac) -> list[Any]:
    return [marac.event_id, _when(marac.recorded_at), marac.attendees, marac.listed]


def _helds(held: Mapping[str, Held]) -> dict[str, Any]:
    return {to: _held(row) for to, row in held.items()}


def _held(row: Held) -> list[Any]:
    return [row.event_id, row.offset, row.ground, row.rule, row.leaves, _when(row.not_after)]


def _form(form: Form) -> dict[str, Any]:
    grades = form.grades
    return {
        "event_id": form.event_id,
        "offset": form.offset,
        "type": form.type,
        "recorded_at": _when(form.recorded_at),
        "publisher": form.publisher,
        "grades": [
            grades.risk,
            grades.children,
            sorted(grades.vulnerable_adults),
            grades.adult_safeguarding_concern,
        ],
        "children": [[c.leaf, c.person, c.urn, c.placement] for c in form.children],
        "sections": [[s.name, s.schema_id, s.leaf] for s in form.sections],
        "occurred_at": _when(form.occurred_at),
        "named": form.named,
        "victim": form.victim,
        "consent": form.consent,
    }


def _when(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
