"""An event as a document: its head, its sections, and everything wrong with either."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.eventlog.catalogue import Catalogue, EventSchema
from services.eventlog.errors import UnknownSchema
from services.ingest.forms.checks import Check, checker, missing, unknown
from services.ingest.forms.faults import Fault
from services.ingest.settings import ID_LENGTH, POLICY_LENGTH
from services.ingest.state import Json, Reason, Record, Submission
from services.vocabulary.consent import ConsentAnswer
from services.vocabulary.events import EventType
from services.vocabulary.times import NotATime, parse_time

_NAME: Check = checker("string", {"length": ID_LENGTH})
_MOMENT: Check = checker("string", {"format": "date-time"})
_ASKED = (ConsentAnswer.GIVEN, ConsentAnswer.REFUSED, ConsentAnswer.COULD_NOT_ASK)
_NEEDED = ("recipient", "policy")
"""What is required of an event that takes it at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Hold what could be read of one document. `submission` is there as soon as its head can be read.

    Where there are reasons it may be incomplete: it serves to find further reasons, never to be accepted.
    """

    id: str | None
    schema: EventSchema | None
    submission: Submission | None
    reasons: tuple[Reason, ...]


class Forms:
    """Read events of every type in the catalogue. Checkers are made once, here."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._checks = {name: _checks(catalogue.event(name)) for name in catalogue.types()}

    def read(self, value: Json) -> Reading:
        """Return the event in a value, with everything its form is wrong in."""
        if not isinstance(value, dict):
            fault = Fault(rule="type", detail="an event is an object", fix="send one object an event")
            return Reading(id=None, schema=None, submission=None, reasons=(fault.reason(),))
        schema = self._schema(value.get("type"))
        faults = list(self._faults(value, schema))
        return Reading(
            id=_text(value, "id"),
            schema=schema,
            submission=_submission(value, schema) if schema is not None else None,
            reasons=tuple(fault.reason() for fault in faults),
        )

    def _schema(self, name: Json) -> EventSchema | None:
        try:
            return self._catalogue.event(name) if isinstance(name, str) else None
        except UnknownSchema:
            return None

    def _faults(self, value: Record, schema: EventSchema | None) -> Iterator[Fault]:
        if schema is None:
            yield _no_type(value)
        checks = self._checks[schema.type] if schema is not None else _head()
        otherwise = unknown if schema is not None else _any
        required = _required(schema) if schema is not None else ("id", "occurred_at")
        yield from (missing(name) for name in required if value.get(name) is None)
        for name, item in value.items():
            found = checks.get(name, otherwise)(item)
            yield from (fault.under(name) for fault in found or ())


def _head() -> dict[str, Check]:
    return {"type": _any, "id": _identifier, "occurred_at": _MOMENT}


def _any(_value: Json) -> None:
    return None


def _identifier(value: Json) -> list[Fault] | None:
    if isinstance(value, str) and not value.strip():
        return [Fault(rule="blank", detail="blank", fix="give your own id or reference")]
    return _NAME(value)


def _optional(inner: Check) -> Check:
    return lambda value: None if value is None else inner(value)


def _checks(schema: EventSchema) -> Mapping[str, Check]:
    inputs: dict[str, Check] = {
        "incident": _identifier,
        "corrects": _identifier,
        "recipient": _identifier,
        "consent": _answers(schema),
        "policy": checker(_POLICY),
    }
    checks = _head()
    checks |= {name: _optional(inputs[name]) for name in schema.takes}
    for section in schema.sections:
        if not section.derived:
            inner = checker({"type": "array", "items": section.avro} if section.array else section.avro)
            checks[section.name] = _optional(inner)
    return checks


_POLICY = {
    "type": "record",
    "name": "sightline.input.Policy",
    "fields": [{"name": "text", "type": "string", "length": POLICY_LENGTH}],
}


def _answers(schema: EventSchema) -> Check:
    withdrawn = schema.type == EventType.CONSENT_WITHDRAWN
    symbols = [ConsentAnswer.WITHDRAWN] if withdrawn else list(_ASKED)
    answer = {"type": "enum", "name": "sightline.input.Answer", "symbols": [str(s) for s in symbols]}
    return checker({"type": "map", "values": answer})


def _required(schema: EventSchema) -> tuple[str, ...]:
    sections = tuple(section.name for section in schema.sections if section.required)
    return ("id", "occurred_at", *(name for name in _NEEDED if name in schema.takes), *sections)


def _no_type(value: Record) -> Fault:
    if value.get("type") is None:
        return missing("type")
    fix = "use a type of the catalogue, such as VpaRaised"
    return Fault(path=("type",), rule="unknown-type", detail="no event type of this name", fix=fix)


def _submission(value: Record, schema: EventSchema) -> Submission | None:
    """Return what can be read of a document; None where its head cannot.

    Sections of a wrong type are left out.
    """
    identity, moment = _text(value, "id"), _moment(value.get("occurred_at"))
    if identity is None or moment is None:
        return None
    policy, consent = value.get("policy"), value.get("consent")
    return Submission(
        type=EventType(schema.type),
        id=identity,
        occurred_at=moment,
        occurred_text=str(value["occurred_at"]),
        incident=_text(value, "incident"),
        corrects=_text(value, "corrects"),
        recipient=_text(value, "recipient"),
        policy=_text(policy, "text") if isinstance(policy, dict) else None,
        consent=_answered(consent) if isinstance(consent, dict) else None,
        sections=dict(_sections(value, schema)),
        children=_children(value.get("children")) if _has_children(schema) else (),
    )


def _sections(value: Record, schema: EventSchema) -> Iterator[tuple[str, Record]]:
    for section in schema.sections:
        given = value.get(section.name)
        if isinstance(given, dict) and not section.derived and not section.array:
            yield section.name, given


def _has_children(schema: EventSchema) -> bool:
    return any(section.name == "children" for section in schema.sections)


def _children(value: Json) -> tuple[Record, ...]:
    return tuple(child for child in value if isinstance(child, dict)) if isinstance(value, list) else ()


def _answered(consent: Record) -> dict[str, str]:
    return {name: answer for name, answer in consent.items() if isinstance(answer, str)}


def _text(value: Record, name: str) -> str | None:
    found = value.get(name)
    return found if isinstance(found, str) and found else None


def _moment(value: Json) -> datetime | None:
    try:
        return parse_time(value) if isinstance(value, str) else None
    except NotATime:
        return None
