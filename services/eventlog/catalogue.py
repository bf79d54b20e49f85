"""What may be published, by whom, and in which sections (design 3). Pure: it is given the texts.

An event's schema is an Avro record that names its permitted `publishers`; its top-level fields are
its sections, each with a `compartment`, a `version` and, for content, `of`: whose it is. A schema
without a label or without publishers does not load. Shared records stand under `shared/`, the
log's own records under `log/`, merged versions under `merged/`; every other file is an event.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.eventlog.errors import Misdescribed, UnknownSchema
from services.eventlog.named_types import expanded, registered

OUTSIDE_CONTENT = frozenset({"routing", "facts"})
"""Compartments sealed under the partnership's routing key: nobody's content."""

COMPARTMENTS = OUTSIDE_CONTENT | {
    "incident",
    "victim",
    "contact",
    "children",
    "person_causing_harm",
    "narrative",
    "dash",
    "health",
    "referral",
    "referrer",
    "research",
    "rationale",
}
"""The closed list of labels (design 3): what nobody classified reaches nobody."""

OWNERS = frozenset({"victim", "element", "person_causing_harm"})

Named = Mapping[str, Mapping[str, Any]]
"""The named types an event defines, by full name."""

Parse = Callable[[Any], Any]
"""Turn a self-contained schema document into what the codec writes with."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SectionSchema:
    """Describe one section of an event, in one version.

    `schema_id` is `name/version`. `avro` is the parsed schema of the section, for an array section
    of one element, because elements are sealed one by one.
    """

    name: str
    version: int
    schema_id: str
    compartment: str
    of: str | None
    array: bool
    required: bool
    derived: bool
    avro: Any


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventSchema:
    """Describe one event type. `document` is its self-contained schema, shared records put in."""

    type: str
    family: str
    version: int
    schema_id: str
    publishers: tuple[str, ...]
    takes: tuple[str, ...]
    sections: tuple[SectionSchema, ...]
    document: Mapping[str, Any]

    def section(self, name: str) -> SectionSchema:
        """Return the section of this name. Raises `UnknownSchema`."""
        for section in self.sections:
            if section.name == name:
                return section
        raise UnknownSchema(f"`{self.type}` has no section `{name}`: see its schema")

    def permits(self, publisher: str) -> bool:
        """Say whether this publisher may send it; `school` permits every `school:<URN>`, and so on."""
        return publisher in self.publishers or publisher.partition(":")[0] in self.publishers


class Catalogue:
    """Answer for event types and sections, the merged versions' sections included."""

    def __init__(self, events: Iterable[EventSchema], merged: Iterable[EventSchema]) -> None:
        self._events = {event.type: event for event in events}
        self._sections: dict[tuple[str, str], SectionSchema] = {}
        self._by_id: dict[str, list[SectionSchema]] = {}
        self._versions: dict[str, set[int]] = {}
        for event in (*merged, *self._events.values()):
            self._versions.setdefault(event.type, set()).add(event.version)
            for section in event.sections:
                self._sections[event.type, section.schema_id] = section
                self._by_id.setdefault(section.schema_id, []).append(section)

    @classmethod
    def load(cls, texts: Mapping[str, str], *, parse: Parse = lambda document: document) -> "Catalogue":
        """Read schema texts by their path under the schema folder.

        1. Collect the shared records.  2. Put them in.  3. Check every label.
        Raises `Misdescribed` naming the file and what to do.
        """
        documents = {path: _document(path, text) for path, text in texts.items()}
        named = registered(document for path, document in documents.items() if _is(path, "shared"))
        events = [
            event_schema(path, expanded(document, named), parse)
            for path, document in documents.items()
            if not any(_is(path, folder) for folder in ("shared", "log", "merged"))
        ]
        merged = [
            event_schema(path, document, parse)
            for path, document in documents.items()
            if _is(path, "merged") and not path.startswith("merged/log/")
        ]
        return cls(events, merged)

    def types(self) -> tuple[str, ...]:
        """Return every event type, in alphabetical order."""
        return tuple(sorted(self._events))

    def event(self, event_type: str) -> EventSchema:
        """Return the newest schema of an event type. Raises `UnknownSchema`."""
        try:
            return self._events[event_type]
        except KeyError:
            raise UnknownSchema(f"no event type `{event_type}`: see schemas/avro") from None

    def versions(self, event_type: str) -> tuple[int, ...]:
        """Return every version of an event type that was ever merged, and the newest, in order."""
        return tuple(sorted(self._versions[self.event(event_type).type]))

    def section(self, schema_id: str, event_type: str | None = None) -> SectionSchema:
        """Return the section with this id as that event type has it, old versions included.

        `facts/1` is another record in each family: name the event type (the header does). Without
        one, the id must mean the same everywhere. Raises `UnknownSchema`.
        """
        if event_type is not None:
            found = self._sections.get((event_type, schema_id))
            if found is None:
                raise UnknownSchema(f"`{event_type}` has no section `{schema_id}`: upgrade to read it")
            return found
        candidates = self._by_id.get(schema_id, [])
        if not candidates:
            raise UnknownSchema(f"no section `{schema_id}`: upgrade to read it")
        if any(candidate.avro != candidates[0].avro for candidate in candidates):
            raise UnknownSchema(f"`{schema_id}` is not the same everywhere: name the event type too")
        return candidates[0]


def event_schema(
    path: str, document: Mapping[str, Any], parse: Parse = lambda document: document
) -> EventSchema:
    """Return the event a self-contained schema document describes. Raises `Misdescribed`."""
    publishers = document.get("publishers")
    if (
        not isinstance(publishers, list)
        or not publishers
        or not all(isinstance(name, str) for name in publishers)
    ):
        raise Misdescribed(f"`{path}` names no publishers: list who may send it")
    version, named = _version(path, document), registered([document])
    return EventSchema(
        type=document["name"],
        family=document.get("family") or _missing(path, "family"),
        version=version,
        schema_id=f"{document['name']}/{version}",
        publishers=tuple(publishers),
        takes=tuple(document.get("takes", ())),
        sections=tuple(_section(path, field, named, parse) for field in document["fields"]),
        document=document,
    )


def _section(path: str, field: Mapping[str, Any], named: Named, parse: Parse) -> SectionSchema:
    name, where = field["name"], f"{path}: {field['name']}"
    compartment = field.get("compartment")
    if compartment not in COMPARTMENTS:
        raise Misdescribed(f"`{where}` has no known compartment: label it, or it reaches nobody")
    of, version = field.get("of"), _version(where, field)
    if (of not in OWNERS) if compartment not in OUTSIDE_CONTENT else (of is not None):
        raise Misdescribed(f"`{where}` does not say whose it is: set `of`, or null for routing and facts")
    items = _optional(where, field)
    array = isinstance(items, dict) and items["type"] == "array"
    if array != (of == "element"):
        raise Misdescribed(
            f"`{where}` is sealed element by element only if it is an array: set `of` to match"
        )
    return SectionSchema(
        name=name,
        version=version,
        schema_id=f"{name}/{version}",
        compartment=compartment,
        of=of,
        array=array,
        required=bool(field.get("required", False)),
        derived=bool(field.get("derived", False)),
        avro=parse(expanded(items["items"] if array else items, named)),
    )


def _optional(where: str, field: Mapping[str, Any]) -> Any:
    """Return what a field is when it is there: every section may be absent."""
    kind = field.get("type")
    if not (
        isinstance(kind, list) and len(kind) == 2 and kind[0] == "null" and field.get("default", 0) is None
    ):
        raise Misdescribed(f"`{where}` cannot be absent: make it a union with null and default to null")
    return kind[1]


def _version(where: str, labelled: Mapping[str, Any]) -> int:
    version = labelled.get("version")
    if not isinstance(version, int) or version < 1:
        raise Misdescribed(f"`{where}` has no version: start at 1")
    return version


def _document(path: str, text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise Misdescribed(f"`{path}` is not JSON: {error}") from error
    if not isinstance(document, dict) or document.get("type") not in ("record", "enum", "fixed"):
        raise Misdescribed(f"`{path}` is not a named Avro type: one record a file")
    return document


def _is(path: str, folder: str) -> bool:
    return path.startswith(folder + "/")


def _missing(path: str, attribute: str) -> str:
    raise Misdescribed(f"`{path}` has no {attribute}: add it")
