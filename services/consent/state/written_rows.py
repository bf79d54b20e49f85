"""The rows of an entity as JSON and back: forms, answers, overrides, meetings, and what was released."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.consent.state.entities import (
    Beside,
    Coming,
    Form,
    Held,
    Marac,
    NotShared,
    Override,
    Said,
)
from services.consent.state.heard import Child, Grades, SectionAt
from services.vocabulary.consent import ConsentAnswer
from services.vocabulary.placement import Placement
from services.vocabulary.risk import ChildrenLevel, Risk, VulnerableAdult


def said_row(said: Said) -> list[Any]:
    """Return an answer as a row, with what a form's took the place of."""
    row = [said.answer, when(said.at), when(said.recorded_at), said.event_id, when(said.expires_at)]
    return [*row, said.by_form, said_row(said.before) if said.before is not None else None]


def override_row(row: Override) -> list[Any]:
    """Return an override as a row."""
    return [row.by, when(row.at), when(row.recorded_at), row.event_id, when(row.expires_at)]


def marac_row(marac: Marac) -> list[Any]:
    """Return a meeting as a row."""
    return [marac.event_id, when(marac.recorded_at), marac.attendees, marac.listed]


def held_rows(held: Mapping[str, Held]) -> dict[str, Any]:
    """Return what each recipient holds as rows, by recipient."""
    return {to: held_row(row) for to, row in held.items()}


def held_row(row: Held) -> list[Any]:
    """Return what somebody holds as a row."""
    return [row.event_id, row.offset, row.ground, row.rule, row.leaves, when(row.not_after)]


def form_row(form: Form) -> dict[str, Any]:
    """Return a form as a mapping."""
    grades = form.grades
    return {
        "event_id": form.event_id,
        "offset": form.offset,
        "type": form.type,
        "recorded_at": when(form.recorded_at),
        "publisher": form.publisher,
        "grades": [
            grades.risk,
            grades.children,
            sorted(grades.vulnerable_adults),
            grades.adult_safeguarding_concern,
        ],
        "children": [[c.leaf, c.person, c.urn, c.placement] for c in form.children],
        "sections": [[s.name, s.schema_id, s.leaf] for s in form.sections],
        "occurred_at": when(form.occurred_at),
        "named": form.named,
        "victim": form.victim,
        "consent": form.consent,
    }


def read_coming(row: list[Any]) -> Coming:
    """Return a policy that is to come from its row."""
    effective_at, offset, hash_, decision_version = row
    return Coming(
        effective_at=datetime.fromisoformat(effective_at),
        offset=offset,
        hash=hash_,
        decision_version=decision_version,
    )


def read_beside(row: list[Any]) -> Beside:
    """Return an event beside the forms from its row."""
    form, helds = row
    return Beside(form=read_form(form), held={to: read_held(held) for to, held in helds.items()})


def read_form(d: dict[str, Any]) -> Form:
    """Return the form that `form_row` wrote."""
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


def read_said(row: list[Any]) -> Said:
    """Return the answer that `said_row` wrote."""
    answer, at, recorded_at, event_id, expires_at, by_form, before = row
    return Said(
        answer=ConsentAnswer(answer),
        at=datetime.fromisoformat(at),
        recorded_at=datetime.fromisoformat(recorded_at),
        event_id=event_id,
        expires_at=moment_of(expires_at),
        by_form=by_form,
        before=read_said(before) if before is not None else None,
    )


def read_override(row: list[Any]) -> Override:
    """Return the override that `override_row` wrote."""
    by, at, recorded_at, event_id, expires_at = row
    return Override(
        by=by,
        at=datetime.fromisoformat(at),
        recorded_at=datetime.fromisoformat(recorded_at),
        event_id=event_id,
        expires_at=moment_of(expires_at),
    )


def read_not_shared(row: list[Any]) -> NotShared:
    """Return a decision not to share from its row."""
    recipient, by, at, event_id = row
    return NotShared(recipient=recipient, by=by, at=datetime.fromisoformat(at), event_id=event_id)


def read_marac(row: list[Any]) -> Marac:
    """Return the meeting that `marac_row` wrote."""
    event_id, recorded_at, attendees, listed = row
    return Marac(
        event_id=event_id,
        recorded_at=datetime.fromisoformat(recorded_at),
        attendees=tuple(attendees),
        listed=listed,
    )


def read_held(row: list[Any]) -> Held:
    """Return what `held_row` wrote."""
    event_id, offset, ground, rule, leaves, not_after = row
    return Held(
        event_id=event_id,
        offset=offset,
        ground=ground,
        rule=rule,
        leaves=tuple(leaves),
        not_after=moment_of(not_after),
    )


def when(moment: datetime | None) -> str | None:
    """Return a moment as text."""
    return moment.isoformat() if moment is not None else None


def moment_of(text: str | None) -> datetime | None:
    """Return the moment that `when` wrote."""
    return datetime.fromisoformat(text) if text is not None else None
