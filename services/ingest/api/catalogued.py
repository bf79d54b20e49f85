"""The catalogue of events over HTTP: what may be published, by whom, and what is in it, off the schemas."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from services.eventlog.catalogue import Catalogue, EventSchema, SectionSchema
from services.ingest.api import answers
from services.ingest.api.described import catalogue as described
from services.runtime.identity import Unauthenticated, Verifier

SHOWN = "RecipientResumed"
"""The type of event that shows what the catalogue says of one: the shortest."""

Row = dict[str, Any]
Schema = Any
"""A schema as it was parsed: a name, a mapping, or a union of both."""


def router(verifier: Verifier, catalogue: Catalogue, examples: Mapping[str, Row]) -> APIRouter:
    """Return the route of the catalogue, for any agency that says who it is; it is made when asked for."""
    routes = APIRouter()

    @cache
    def events() -> list[Row]:
        return [event(catalogue, catalogue.event(name), examples.get(name)) for name in catalogue.types()]

    shown = event(catalogue, catalogue.event(SHOWN), examples.get(SHOWN))

    @routes.get("/v1/catalogue", openapi_extra=described(shown))
    def catalogued(request: Request) -> Response:
        """Say what may be published, by whom, in which sections and versions, each with an example."""
        try:
            verifier.caller(request.headers.get("authorization"))
        except Unauthenticated as error:
            return answers.unauthenticated(str(error))
        return JSONResponse({"events": events()})

    return routes


def event(catalogue: Catalogue, schema: EventSchema, example: Row | None) -> Row:
    """Return what the catalogue says of one type of event."""
    return {
        "type": schema.type,
        "family": schema.family,
        "doc": schema.document.get("doc", ""),
        "publishers": list(schema.publishers),
        "version": schema.version,
        "versions": list(catalogue.versions(schema.type)),
        "takes": list(schema.takes),
        "sections": [_section(section) for section in schema.sections],
        "example": example,
    }


def _section(section: SectionSchema) -> Row:
    return {
        "name": section.name,
        "version": section.version,
        "compartment": section.compartment,
        "of": section.of,
        "array": section.array,
        "required": section.required,
        "derived": section.derived,
        "fields": []
        if section.derived
        else [_field(each) for each in section.avro["fields"] if _given(each)],
    }


def _given(field: Mapping[str, Any]) -> bool:
    return not field.get("derived", False)


def _field(field: Mapping[str, Any]) -> Row:
    """Return one field as a publisher gives it. `required`: its section is not taken without it."""
    kind, words = _kind(field["type"], field.get("format"))
    return {
        "name": field["name"],
        "type": kind,
        "words": list(words),
        "required": "default" not in field,
        "doc": field.get("doc", ""),
    }


def _kind(schema: Schema, form: str | None) -> tuple[str, tuple[str, ...]]:
    """Return what a field holds, and the words it may be where they are a closed list."""
    if isinstance(schema, list):
        return _kind(next(branch for branch in schema if branch != "null"), form)
    if isinstance(schema, str):
        return form or schema.rpartition(".")[2], ()
    form = schema.get("format", form)
    if schema["type"] == "enum":
        return "word", tuple(schema["symbols"])
    if schema["type"] == "array":
        kind, words = _kind(schema["items"], form)
        return f"list of {kind}", words
    if schema["type"] == "map":
        kind, words = _kind(schema["values"], form)
        return f"{kind} by name", words
    return schema["name"].rpartition(".")[2] if "name" in schema else _kind(schema["type"], form)[0], ()
