"""The rows a decision adds to the ledger: what was answered, what was released, who was left out."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from services.consent.flow.decision import Again, Answer, Emit
from services.consent.flow.fold import Folded
from services.consent.flow.held_back import held_back
from services.consent.flow.record import Written, listed, stamp, write
from services.consent.flow.said import Said, all_said
from services.consent.rules.policy import EDUCATION, PARTNERSHIP
from services.consent.state.entities import Form
from services.consent.state.heard import Grades, Heard
from services.consent.state.world import World
from services.vocabulary.agencies import HUB, is_school
from services.vocabulary.events import VPA_FAMILY, EventType
from services.vocabulary.grounds import ONCE, Outcome, Reason, ReleaseKind

_sorted = json.JSONEncoder(sort_keys=True).encode
"""Write who is withheld what: `json.dumps` would make an encoder each time."""

RELEASE_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)

NOT_SHARING = frozenset({HUB, PARTNERSHIP, EDUCATION})
"""Recipients that, like schools, do not make a VPA shared (decision 0011)."""


class Became(StrEnum):
    """What became of a release: it stands, a later one took its place or put it right, or it was recalled."""

    STANDS = "stands"
    SUPERSEDED = "superseded"
    CORRECTED = "corrected"
    RECALLED = "recalled"


BECAME = {
    ReleaseKind.CHANGED: Became.SUPERSEDED,
    ReleaseKind.CORRECTED: Became.CORRECTED,
    ReleaseKind.RECALLED: Became.RECALLED,
}
"""What a release makes of the earlier ones of its line to its recipient. A new one: nothing."""


class AnswerRow(NamedTuple):
    """What one decision answered about one event: itself, or an earlier form again.

    `recipient`: whom an override, or a decision not to share, is about.
    """

    offset: int
    event_id: str
    cause: str
    event_type: str
    recipient: str | None
    publisher: str
    incident: str | None
    policy: str
    version: int
    decided_at: str
    answers: str


class ReleaseRow(NamedTuple):
    """One release. `began`: when its incident did, or its event.

    `line`: later releases of the same line may take its place. All forms of an incident are one line, any
    other event is a line of its own; what is released once, as it is, is in none.
    """

    recipient: str
    seq: int
    release_id: str
    kind: str
    cause: str
    event_id: str
    event_offset: int
    incident: str | None
    incident_alias: str | None
    began: str
    decided_at: str
    policy: str
    ground: str
    rule: str
    purpose: str
    expects: str | None
    not_after: str | None
    reason: str | None
    sections: str
    leaves: str
    can_end: bool
    line: str | None
    standing: str


class VpaRow(NamedTuple):
    """How an incident's form stands: who is owed it and withheld, why, and whether anybody has it.

    `awaited`: whether something raised of it waits for the Hub, which may be so beside a reviewed form.
    """

    incident: str
    event_id: str
    began: str
    reviewed: bool
    awaited: bool
    risk: str
    children: str
    vulnerable_adult: bool
    withheld: str
    shared: bool


class VpaNews(NamedTuple):
    """How an incident's reviewed form stands from now on for some: whom a backfill or danger brought it.

    Nobody, where all that is new is that something raised beside it waits for the Hub.
    """

    incident: str
    answers: tuple[Answer, ...]
    awaited: bool


class MetRow(NamedTuple):
    """What a recipient said came of a release to it. Whether that release is its own, a reader asks."""

    offset: int
    recipient: str
    release_id: str


class PutRightRow(NamedTuple):
    """An event that puts an earlier one right, or takes it back: `corrects`, an event id."""

    offset: int
    event_id: str
    event_type: str
    corrects: str
    incident: str | None
    publisher: str
    decided_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Everything one event adds to the ledger. `replaced`: what takes an earlier place, and in which line.

    `held_back`: events that say danger, and wait for somebody who takes no part. `gone`: incidents of which
    no form stands any more.
    """

    folded: Folded
    record: bytes
    answers: tuple[AnswerRow, ...]
    releases: tuple[ReleaseRow, ...]
    replaced: tuple[tuple[Emit, str], ...]
    vpas: tuple[VpaRow, ...]
    news: tuple[VpaNews, ...] = ()
    said: tuple[Said, ...] = ()
    held_back: tuple[str, ...] = ()
    met: tuple[MetRow, ...] = ()
    put_right: tuple[PutRightRow, ...] = ()
    gone: tuple[str, ...] = ()


def entry(world: World, folded: Folded) -> Entry:
    """Return an event's rows, in the world just after it and before any later one."""
    written = write(folded.decision)
    said = tuple(all_said(world, folded))
    return Entry(
        folded=folded,
        record=written.value,
        answers=tuple(answer_rows(folded, written)),
        releases=tuple(release_rows(world, folded)),
        replaced=tuple(
            (emit, line)
            for emit in folded.decision.emits
            if emit.kind in BECAME and (line := line_of(world, folded, emit)) is not None
        ),
        vpas=tuple(vpa_rows(world, folded)),
        news=tuple(vpa_news(world, folded)),
        said=said,
        held_back=tuple(held_back(world, folded, said)),
        met=tuple(met_rows(folded.heard)),
        put_right=tuple(put_right_rows(folded)),
        gone=tuple(_gone(world, folded.heard)),
    )


def answer_rows(folded: Folded, written: Written) -> Iterator[AnswerRow]:
    """Yield a row for the event, and one for each earlier form answered again."""
    decision = folded.decision
    said = [(decision.event_id, written.answers)]
    said += [(each.event_id, text) for each, text in zip(decision.again, written.again, strict=True)]
    for event_id, text in said:
        yield AnswerRow(
            offset=decision.offset,
            event_id=event_id,
            cause=decision.event_id,
            event_type=decision.event_type,
            recipient=folded.heard.recipient,
            publisher=folded.heard.publisher,
            incident=folded.incident_of.get(event_id),
            policy=decision.policy,
            version=decision.version,
            decided_at=stamp(decision.decided_at),
            answers=text,
        )


def release_rows(world: World, folded: Folded) -> Iterator[ReleaseRow]:
    """Yield a row for each release."""
    decision = folded.decision
    decided_at = stamp(decision.decided_at)
    for emit in decision.emits:
        incident = folded.incident_of.get(emit.event_id)
        yield ReleaseRow(
            recipient=emit.recipient,
            seq=emit.seq,
            release_id=emit.release_id,
            kind=emit.kind.value,
            cause=emit.cause,
            event_id=emit.event_id,
            event_offset=emit.event_offset,
            incident=incident,
            incident_alias=emit.incident,
            began=stamp(_began(world, incident) or folded.heard.occurred_at),
            decided_at=decided_at,
            policy=decision.policy,
            ground=emit.ground.value,
            rule=emit.rule,
            purpose=emit.purpose,
            expects=emit.expects,
            not_after=stamp(emit.not_after) if emit.not_after is not None else None,
            reason=emit.reason.value if emit.reason is not None else None,
            sections=listed(emit.sections),
            leaves=listed(emit.leaves),
            can_end=emit.can_end,
            line=line_of(world, folded, emit),
            standing=Became.RECALLED.value if emit.kind is ReleaseKind.RECALLED else Became.STANDS.value,
        )


def line_of(world: World, folded: Folded, emit: Emit) -> str | None:
    """Return the line a release is in, or None. A new one closes nothing of it: one more child told to a
    school stands beside the first.
    """
    incident = folded.incident_of.get(emit.event_id)
    if emit.ground in ONCE or incident is None:
        return None
    return emit.event_id if emit.event_id in world.incident(incident).beside else incident


def met_rows(heard: Heard) -> Iterator[MetRow]:
    """Yield a row where somebody says what came of a release; what cannot be a release's id names none."""
    if heard.answers is not None and RELEASE_ID.fullmatch(heard.answers):
        yield MetRow(heard.offset, heard.publisher, heard.answers)


def put_right_rows(folded: Folded) -> Iterator[PutRightRow]:
    """Yield a row where an event puts an earlier one of its publisher's right, or takes it back."""
    heard, decision = folded.heard, folded.decision
    if heard.corrects is not None and heard.readable:
        yield PutRightRow(
            offset=decision.offset,
            event_id=decision.event_id,
            event_type=decision.event_type,
            corrects=heard.corrects,
            incident=heard.incident,
            publisher=heard.publisher,
            decided_at=stamp(decision.decided_at),
        )


def _gone(world: World, heard: Heard) -> Iterator[str]:
    if heard.type == EventType.EVENT_RETRACTED and heard.incident is not None:
        incident = world.incident(heard.incident)
        if incident.form is None and incident.raised is None:
            yield heard.incident


def vpa_rows(world: World, folded: Folded) -> Iterator[VpaRow]:
    """Yield how each incident's form stands after the decision."""
    heard, decision = folded.heard, folded.decision
    if heard.type in VPA_FAMILY and heard.incident is not None and heard.grades is not None:
        form = world.incident(heard.incident).form
        if form is None or form.event_id == heard.event_id:
            yield _vpa(world, heard.incident, heard.event_id, heard.grades, decision.answers)
    if heard.type == EventType.EVENT_RETRACTED and heard.incident is not None:
        known = world.incident(heard.incident)
        if known.form is None and known.raised is not None:
            yield _vpa(world, heard.incident, known.raised.event_id, known.raised.grades, ())
    for incident, form, again in _forms_again(world, folded):
        if again.event_id not in folded.brought:
            yield _vpa(world, incident, form.event_id, form.grades, again.answers)


def vpa_news(world: World, folded: Folded) -> Iterator[VpaNews]:
    """Yield how each reviewed form stands for some, and for nobody else."""
    heard = folded.heard
    if heard.type == EventType.VPA_RAISED and heard.incident is not None:
        yield from _news(world, heard.incident, ())
    for incident, _, again in _forms_again(world, folded):
        if again.event_id in folded.brought:
            yield from _news(world, incident, again.answers)
    for again in folded.decision.again:
        if again.event_id in folded.overdue:
            yield from _news(world, folded.incident_of[again.event_id], again.answers)


def _news(world: World, incident: str, answers: tuple[Answer, ...]) -> Iterator[VpaNews]:
    known = world.incident(incident)
    if known.form is not None:
        yield VpaNews(incident, answers, awaited=known.raised is not None)


def with_news(row: VpaRow, news: VpaNews) -> VpaRow:
    """Return how a form stands once there is news of it for some recipients. Others' answers stay."""
    answered = {answer.recipient for answer in news.answers}
    others = {to: why for to, why in json.loads(row.withheld).items() if to not in answered}
    return row._replace(
        withheld=_sorted({**others, **withheld(news.answers)}),
        shared=bool(row.shared) or is_shared(news.answers),
        awaited=news.awaited,
    )


def _forms_again(world: World, folded: Folded) -> Iterator[tuple[str, Form, Again]]:
    """Yield each incident whose reviewed form was answered again, and how."""
    for again in folded.decision.again:
        incident = folded.incident_of[again.event_id]
        form = world.incident(incident).form
        if form is not None and form.event_id == again.event_id:
            yield incident, form, again


def withheld(answers: Iterable[Answer]) -> dict[str, Reason]:
    """Return who is owed a form and does not get it, with the reason."""
    return {
        answer.recipient: answer.reason
        for answer in answers
        if answer.owed and answer.outcome is Outcome.DENY and answer.reason is not None
    }


def is_shared(answers: Iterable[Answer]) -> bool:
    """Say whether a form reached anybody who counts as sharing (decision 0011)."""
    return any(
        answer.outcome is Outcome.PERMIT
        and answer.recipient not in NOT_SHARING
        and not is_school(answer.recipient)
        for answer in answers
    )


def _vpa(world: World, incident: str, event_id: str, grades: Grades, answers: tuple[Answer, ...]) -> VpaRow:
    known = world.incident(incident)
    return VpaRow(
        incident=incident,
        event_id=event_id,
        began=stamp(known.began) if known.began is not None else "",
        reviewed=known.form is not None,
        awaited=known.raised is not None,
        risk=grades.risk.value,
        children=grades.children.value,
        vulnerable_adult=bool(grades.vulnerable_adults),
        withheld=_sorted(withheld(answers)),
        shared=is_shared(answers),
    )


def _began(world: World, incident: str | None) -> datetime | None:
    return world.incident(incident).began if incident is not None else None
