"""An event as a document: its head, its sections, and everything wrong with either."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from services.eventlog.catalogue import Catalogue, EventSchema
from services.eventlog.errors import UnknownSchema
from services.ingest.forms.checks import Check, checker, is_nothing, missing, sections, unknown
from services.ingest.forms.faults import Fault, Weight
from services.ingest.forms.mending import mended
from services.ingest.forms.strict import bad_texts, cleaned
from services.ingest.settings import ID_LENGTH, POLICY_LENGTH
from services.ingest.state import Json, Reason, Record, Submission
from services.vocabulary.consent import ConsentAnswer
from services.vocabulary.events import EventType
from services.vocabulary.times import EARLIEST, time_in

_NAME: Check = checker("string", {"length": ID_LENGTH})
_MOMENT: Check = checker("string", {"format": "date-time"})
_ASKED = (ConsentAnswer.GIVEN, ConsentAnswer.REFUSED, ConsentAnswer.COULD_NOT_ASK)
_NEEDED = ("recipient", "policy")
"""What is required of an event that takes it at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Hold what could be read of one document. `submission` is there as soon as its type is known.

    Where there are reasons it may be incomplete, with an id or a time that stands in for one that could not
    be read: it serves to find further reasons, never to be accepted.
    """

    id: str | None
    schema: EventSchema | None
    submission: Submission | None
    reasons: tuple[Reason, ...]


class Forms:
    """Read events of every type in the catalogue. A type's checkers are made with its first event."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._checks: dict[str, Mapping[str, Check]] = {}

    @property
    def types(self) -> tuple[str, ...]:
        """Every event type there is."""
        return self._catalogue.types()

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
            submission=_submission(value, schema, faults) if schema is not None else None,
            reasons=_reasons(faults, Weight.REFUSES),
        )

    def read_cautiously(self, value: Json) -> Reading:
        """Return the event in a value whose texts may be bad: each that is refuses it, beside all else."""
        bad = tuple(fault.reason() for fault in bad_texts(value))
        if not bad:
            return self.read(value)
        places = {reason.pointer for reason in bad}
        reading = self.read(cleaned(value))
        return replace(
            reading,
            id=None if places & {"", "/id"} else reading.id,
            reasons=(*bad, *(reason for reason in reading.reasons if reason.pointer not in places)),
        )

    def _schema(self, name: Json) -> EventSchema | None:
        try:
            return self._catalogue.event(name) if isinstance(name, str) else None
        except UnknownSchema:
            return None

    def _checks_of(self, schema: EventSchema) -> Mapping[str, Check]:
        if schema.type not in self._checks:
            self._checks[schema.type] = _checks(schema)
        return self._checks[schema.type]

    def _faults(self, value: Record, schema: EventSchema | None) -> Iterator[Fault]:
        if schema is None:
            yield _no_type(value)
        checks = self._checks_of(schema) if schema is not None else _head()
        otherwise = unknown if schema is not None else _any
        required = _required(schema) if schema is not None else ("id", "occurred_at")
        yield from (missing(name) for name in required if is_nothing(value.get(name)))
        for name, item in value.items():
            found = checks.get(name, otherwise)(item)
            yield from (fault.under(name) for fault in found or ())


def _reasons(faults: Sequence[Fault], weight: Weight) -> tuple[Reason, ...]:
    return tuple(fault.reason() for fault in faults if fault.weight is weight)


def _head() -> dict[str, Check]:
    return {"type": _any, "id": _optional(_NAME), "occurred_at": _optional(_MOMENT)}


def _any(_value: Json) -> None:
    return None


def _optional(inner: Check) -> Check:
    return lambda value: None if is_nothing(value) else inner(value)


def _checks(schema: EventSchema) -> Mapping[str, Check]:
    inputs: dict[str, Check] = {
        "incident": _NAME,
        "corrects": _NAME,
        "recipient": _NAME,
        "consent": _answers(schema),
        "policy": checker(_POLICY),
    }
    checks = _head()
    checks |= {name: _optional(inputs[name]) for name in schema.takes}
    for section in schema.sections:
        if not section.derived:
            inner = sections if section.array else checker
            checks[section.name] = _optional(inner(section.avro))
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


def _submission(document: Record, schema: EventSchema, faults: Sequence[Fault]) -> Submission:
    """Return what can be read of a document, without what says nothing or is not whole.

    A section or a child of a wrong type is read as an empty one.
    """
    value = _whole(document, faults)
    moment = time_in(value.get("occurred_at"))
    policy, consent = value.get("policy"), value.get("consent")
    return Submission(
        type=EventType(schema.type),
        id=_text(value, "id") or "",
        occurred_at=moment or EARLIEST,
        occurred_text=str(value.get("occurred_at")),
        incident=_text(value, "incident"),
        corrects=_text(value, "corrects"),
        recipient=_text(value, "recipient"),
        policy=_text(policy, "text") if isinstance(policy, dict) else None,
        consent=_answered(consent) if isinstance(consent, dict) else None,
        sections=dict(_sections(value, schema)),
        children=_children(value.get("children")) if _has_children(schema) else (),
        lacks=_reasons(faults, Weight.DEFECT),
    )


def _whole(document: Record, faults: Sequence[Fault]) -> Record:
    """Return a document without what is left out of it. A child about whom nothing is said stays."""
    without = {fault.left_out() for fault in faults if fault.weight is not Weight.REFUSES}
    places = {path for path in without if not (len(path) == 2 and path[0] == "children")}
    return {name: mended(value, places, (name,)) for name, value in document.items()} if places else document


def _sections(value: Record, schema: EventSchema) -> Iterator[tuple[str, Record]]:
    for section in schema.sections:
        given = value.get(section.name)
        if not section.derived and not section.array and not is_nothing(given):
            yield section.name, given if isinstance(given, dict) else {}


def _has_children(schema: EventSchema) -> bool:
    return any(section.name == "children" for section in schema.sections)


def _children(value: Json) -> tuple[Record, ...]:
    return (
        tuple(child if isinstance(child, dict) else {} for child in value) if isinstance(value, list) else ()
    )


def _answered(consent: Record) -> dict[str, str]:
    return {name: answer for name, answer in consent.items() if isinstance(answer, str)}


def _text(value: Record, name: str) -> str | None:
    found = value.get(name)
    return found if isinstance(found, str) and found.strip() else None
