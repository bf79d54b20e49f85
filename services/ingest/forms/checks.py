"""A checker for each Avro schema, made once: every fault of a JSON value, unknown fields among them.

Avro's own writers take 1.5 or true for a long and pass unknown fields in silence; these do not. The
attributes `format`, `length`, `minimum`, `maximum` and `derived` are explained in `schemas/README.md`.

Null and blank say nothing: they are read as if the field were not there (design 4).
"""

from collections.abc import Callable, Mapping
from typing import Any

from services.eventlog.errors import Misdescribed
from services.ingest.forms.faults import Fault, Weight
from services.ingest.forms.formats import FORMATS, of_format
from services.ingest.settings import TEXT_LENGTH
from services.ingest.state import Json

Check = Callable[[Json], "list[Fault] | None"]
"""Return what is wrong with a value, or None (or nothing) where nothing is."""

Named = dict[str, Check]
Lack = Callable[[str], Fault]

LARGEST_INT = 2**31 - 1
LARGEST_LONG = 2**63 - 1


def checker(schema: Any, attributes: Mapping[str, Any] | None = None) -> Check:
    """Return the checker of a section, or of one text, whose schema is as fastavro parsed it.

    What a section requires refuses the event where it is missing; what a part inside one requires does not.
    Raises `Misdescribed` for what a JSON event cannot hold.
    """
    if isinstance(schema, dict) and schema["type"] == "record":
        return _record(schema, {}, missing)
    return _part(schema, attributes or {}, {})


def sections(schema: Any) -> Check:
    """Return the checker of a list of sections."""
    return _each(checker(schema))


def is_nothing(value: Json) -> bool:
    """Say whether a value says nothing: null, or a blank text."""
    return value is None or (isinstance(value, str) and not value.strip())


def _part(schema: Any, own: Mapping[str, Any], known: Named) -> Check:
    if isinstance(schema, list):
        return _nullable(schema, own, known)
    if isinstance(schema, str):
        return known[schema] if schema in known else _primitive(schema, own)
    kind = schema["type"]
    if kind == "record":
        return _remembered(schema, _record(schema, known, incomplete), known)
    if kind == "enum":
        return _remembered(schema, _one_of(tuple(schema["symbols"])), known)
    if kind == "array":
        return _each(_part(schema["items"], own, known))
    if kind == "map":
        return _values(_part(schema["values"], own, known))
    return _part(kind, {**own, **schema}, known)


def _nullable(branches: list[Any], attributes: Mapping[str, Any], named: Named) -> Check:
    others = [branch for branch in branches if branch != "null"]
    if len(others) != 1 or len(branches) != 2:
        raise Misdescribed("a union holds null and one other: JSON does not say which branch is meant")
    return _part(others[0], attributes, named)


def _primitive(kind: str, attributes: Mapping[str, Any]) -> Check:
    if kind == "string":
        return _text(attributes)
    if kind == "boolean":
        return lambda value: None if type(value) is bool else _wrong("true or false")
    if kind in ("int", "long"):
        return _whole(kind, attributes)
    raise Misdescribed(f"JSON events have no `{kind}`: use a string, boolean, int or long")


def _text(attributes: Mapping[str, Any]) -> Check:
    longest: int = attributes.get("length", TEXT_LENGTH)
    form = attributes.get("format")
    if form is not None and form not in FORMATS:
        raise Misdescribed(f"no format `{form}`: use one of {', '.join(FORMATS)}")

    def check(value: Json) -> list[Fault] | None:
        if not isinstance(value, str):
            return _wrong("a text")
        if len(value) > longest:
            return [Fault(rule="length", detail=f"longer than {longest} characters", fix="shorten it")]
        return None if form is None else of_format(form, value)

    return check


def _whole(kind: str, attributes: Mapping[str, Any]) -> Check:
    largest = LARGEST_INT if kind == "int" else LARGEST_LONG
    low: int = attributes.get("minimum", -largest - 1)
    high: int = attributes.get("maximum", largest)

    def check(value: Json) -> list[Fault] | None:
        if type(value) is not int:
            return _wrong("a whole number")
        if not low <= value <= high:
            return [
                Fault(rule="range", detail=f"not between {low} and {high}", fix="give a number in the range")
            ]
        return None

    return check


def _one_of(symbols: tuple[str, ...]) -> Check:
    allowed = ", ".join(symbols)

    def check(value: Json) -> list[Fault] | None:
        if isinstance(value, str) and value in symbols:
            return None
        return [Fault(rule="enum", detail="not one of the words allowed here", fix=f"use one of: {allowed}")]

    return check


def _each(item: Check) -> Check:
    def check(value: Json) -> list[Fault] | None:
        if not isinstance(value, list):
            return _wrong("a list")
        return [
            fault.under(i)
            for i, element in enumerate(value)
            for fault in ((_EMPTY,) if is_nothing(element) else item(element) or ())
        ]

    return check


def _values(item: Check) -> Check:
    def check(value: Json) -> list[Fault] | None:
        if not isinstance(value, dict):
            return _wrong("an object")
        return [
            fault.under(key)
            for key, element in value.items()
            for fault in ((_NOTHING,) if is_nothing(element) else item(element) or ())
        ]

    return check


def _record(schema: Mapping[str, Any], named: Named, lack: Lack) -> Check:
    fields: dict[str, Check] = {}
    given = [field for field in schema["fields"] if not field.get("derived")]
    required = tuple(field["name"] for field in given if "default" not in field)
    for field in given:
        fields[field["name"]] = _part(field["type"], field, named)

    def check(value: Json) -> list[Fault] | None:
        if not isinstance(value, dict):
            return _wrong("an object")
        faults = [lack(name) for name in required if is_nothing(value.get(name))]
        for name, item in value.items():
            one = fields.get(name, unknown)
            found = (_NOTHING,) if one is not unknown and is_nothing(item) else one(item)
            if found:
                faults += [fault.under(name) for fault in found]
        return faults

    return check


def unknown(_value: Json) -> list[Fault]:
    """Return the fault of a field that no schema names, or that the door derives itself."""
    return [Fault(rule="unknown-field", detail="no field of this name is taken here", fix="leave it out")]


def missing(name: str) -> Fault:
    """Return the fault of a required field that is not there."""
    return Fault(path=(name,), rule="required", detail="required and missing", fix="add it")


def incomplete(name: str) -> Fault:
    """Return the fault of a part that lacks something it needs: it is left out, and the event taken."""
    return Fault(
        path=(name,),
        rule="incomplete",
        detail="missing: the part it belongs to is left out",
        fix="send a correction with the whole of it",
        weight=Weight.DEFECT,
        within=1,
    )


_NOTHING = Fault(
    rule="blank", detail="nothing is given", fix="give it, or leave it out", weight=Weight.SILENT
)
_EMPTY = Fault(
    rule="incomplete",
    detail="an element of the list is empty",
    fix="send a correction with what it should say",
    weight=Weight.DEFECT,
)


def _remembered(schema: Mapping[str, Any], check: Check, named: Named) -> Check:
    named[schema["name"]] = check
    return check


def _wrong(expected: str) -> list[Fault]:
    return [Fault(rule="type", detail=f"not {expected}", fix=f"give {expected}")]
