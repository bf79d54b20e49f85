"""Decisions as canonical JSON: the same decision always gives the same bytes."""

import json
from datetime import datetime
from functools import lru_cache
from typing import Any

from services.consent.flow.decision import Again, Answer, Decision, Emit
from services.vocabulary.grounds import Ground, Outcome, Reason, ReleaseKind
from services.vocabulary.times import format_time, parse_time

_dumps = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


class NotADecision(ValueError):
    """bytes in `decisions` that are none: have the topic looked at"""


def encode(decision: Decision) -> bytes:
    """Return a decision's bytes: JSON in UTF-8, keys sorted, no spaces."""
    head = _dumps(
        {
            "decided_at": format_time(decision.decided_at),
            "emits": [_emit(emit) for emit in decision.emits],
            "event_id": decision.event_id,
            "event_type": decision.event_type,
            "offset": decision.offset,
            "policy": decision.policy,
            "version": decision.version,
        }
    )
    again = ",".join(
        f'{{"answers":{answers_text(each.answers)},"event_id":{_dumps(each.event_id)}}}'
        for each in decision.again
    )
    return f'{{"again":[{again}],"answers":{answers_text(decision.answers)},{head[1:]}'.encode()


def decode(data: bytes) -> Decision:
    """Return the decision in these bytes. Raises NotADecision."""
    try:
        return _decision(json.loads(data))
    except (ValueError, KeyError, TypeError) as error:
        raise NotADecision("a record of `decisions` is none: have the topic looked at") from error


def answers_text(answers: tuple[Answer, ...]) -> str:
    """Return answers as canonical JSON."""
    return f"[{','.join(map(_answer_text, answers))}]"


def read_answers(text: str) -> tuple[Answer, ...]:
    """Return the answers that `answers_text` wrote."""
    return tuple(map(_answer, json.loads(text)))


@lru_cache(maxsize=65_536)
def _answer_text(answer: Answer) -> str:
    """Keep the text of the answers that recur, which is nearly all of them."""
    return _dumps(
        {
            "recipient": answer.recipient,
            "outcome": answer.outcome,
            "owed": answer.owed,
            "rule": answer.rule,
            "ground": answer.ground,
            "reason": answer.reason,
            "sections": answer.sections,
            "leaves": answer.leaves,
        }
    )


def _emit(emit: Emit) -> dict[str, Any]:
    record = {name: getattr(emit, name) for name in Emit.__slots__}
    record["not_after"] = format_time(emit.not_after) if emit.not_after is not None else None
    return record


def _decision(d: dict[str, Any]) -> Decision:
    return Decision(
        event_id=d["event_id"],
        event_type=d["event_type"],
        offset=d["offset"],
        decided_at=parse_time(d["decided_at"]),
        policy=d["policy"],
        version=d["version"],
        answers=tuple(map(_answer, d["answers"])),
        again=tuple(
            Again(event_id=each["event_id"], answers=tuple(map(_answer, each["answers"])))
            for each in d["again"]
        ),
        emits=tuple(map(_read_emit, d["emits"])),
    )


def _answer(d: dict[str, Any]) -> Answer:
    return Answer(
        recipient=d["recipient"],
        outcome=Outcome(d["outcome"]),
        owed=d["owed"],
        rule=d["rule"],
        ground=Ground(d["ground"]) if d["ground"] is not None else None,
        reason=Reason(d["reason"]) if d["reason"] is not None else None,
        sections=tuple(d["sections"]),
        leaves=tuple(d["leaves"]),
    )


def _read_emit(d: dict[str, Any]) -> Emit:
    fields = {name: d[name] for name in Emit.__slots__}
    not_after: datetime | None = parse_time(d["not_after"]) if d["not_after"] is not None else None
    return Emit(
        **{
            **fields,
            "kind": ReleaseKind(d["kind"]),
            "ground": Ground(d["ground"]),
            "reason": Reason(d["reason"]) if d["reason"] is not None else None,
            "not_after": not_after,
            "sections": tuple(d["sections"]),
            "leaves": tuple(d["leaves"]),
        }
    )
