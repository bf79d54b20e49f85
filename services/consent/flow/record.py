"""Decisions as canonical JSON: the same decision always gives the same bytes."""

import json
import json.encoder
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from services.consent.flow.decision import Again, Answer, Decision, Emit
from services.vocabulary.grounds import Ground, Outcome, Reason, ReleaseKind
from services.vocabulary.times import format_time, parse_time

_text: Callable[[str], str] = json.encoder.encode_basestring
"""Write one string as JSON: the encoder's own function, in C."""

_dumps = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


stamp = lru_cache(maxsize=4096)(format_time)
"""Write a moment. A decision's own is written many times over."""


class NotADecision(ValueError):
    """bytes in `decisions` that are none: have the topic looked at"""


class Written(NamedTuple):
    """A decision's bytes, and the texts of the answers in it: its own, and those given again."""

    value: bytes
    answers: str
    again: tuple[str, ...]


def encode(decision: Decision) -> bytes:
    """Return a decision's bytes: JSON in UTF-8, keys sorted, no spaces."""
    return write(decision).value


def write(decision: Decision) -> Written:
    """Return a decision's bytes, and the texts of its answers, each made once."""
    answers = answers_text(decision.answers)
    again = tuple([answers_text(each.answers) for each in decision.again])
    forms = ",".join(
        f'{{"answers":{text},"event_id":{_text(each.event_id)}}}'
        for text, each in zip(again, decision.again, strict=True)
    )
    value = (
        f'{{"again":[{forms}],"answers":{answers},"decided_at":{_text(stamp(decision.decided_at))},'
        f'"emits":[{",".join(map(_emit_text, decision.emits))}],"event_id":{_text(decision.event_id)},'
        f'"event_type":{_text(decision.event_type)},"offset":{decision.offset},'
        f'"policy":{_text(decision.policy)},"version":{decision.version}}}'
    )
    return Written(value.encode(), answers, again)


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
    """Write an answer by hand, keys sorted, as releases are. Those that send nothing recur."""
    return (
        f'{{"ground":{_optional(answer.ground)},"leaves":{listed(answer.leaves)},'
        f'"outcome":{_text(answer.outcome)},"owed":{"true" if answer.owed else "false"},'
        f'"reason":{_optional(answer.reason)},"recipient":{_text(answer.recipient)},'
        f'"rule":{_text(answer.rule)},"sections":{listed(answer.sections)}}}'
    )


def _emit_text(emit: Emit) -> str:
    """Write a release's record by hand, keys sorted: a test holds it to the JSON encoder's own text."""
    ends = stamp(emit.not_after) if emit.not_after is not None else None
    return (
        f'{{"can_end":{"true" if emit.can_end else "false"},"cause":{_text(emit.cause)},'
        f'"event_id":{_text(emit.event_id)},"event_offset":{emit.event_offset},'
        f'"expects":{_optional(emit.expects)},"ground":{_text(emit.ground)},'
        f'"incident":{_optional(emit.incident)},"kind":{_text(emit.kind)},"leaves":{listed(emit.leaves)},'
        f'"not_after":{_optional(ends)},"person":{_optional(emit.person)},"purpose":{_text(emit.purpose)},'
        f'"reason":{_optional(emit.reason)},"recipient":{_text(emit.recipient)},'
        f'"release_id":{_text(emit.release_id)},"rule":{_text(emit.rule)},'
        f'"sections":{listed(emit.sections)},"seq":{emit.seq}}}'
    )


def _optional(text: str | None) -> str:
    return "null" if text is None else _text(text)


@lru_cache(maxsize=16_384)
def listed(values: tuple[str, ...] | tuple[int, ...]) -> str:
    """Return names or leaves as canonical JSON."""
    return _dumps(values)


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
    fields = {name: d[name] for name in Emit._fields}
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
