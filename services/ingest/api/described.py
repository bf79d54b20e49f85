"""The door as `/openapi.json` describes it: what it takes, and every answer it gives."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI

from services.ingest.api import described_sandbox
from services.ingest.settings import BATCH_LIMIT, ID_LENGTH
from services.ingest.store.answers import Status
from services.runtime.described import complete
from services.runtime.problems import PROBLEM

Described = dict[str, Any]

PATH = "/v1/events"
SHOWN = "VpaRaised"
"""The type of event that shows what a sandbox answers."""

JSON = "application/json"
RETRY = {"Retry-After": {"description": "seconds to wait", "schema": {"type": "integer", "minimum": 1}}}


def _named(name: str) -> Described:
    return {"$ref": f"#/components/schemas/{name}"}


def _listed(name: str) -> Described:
    return {"type": "array", "items": _named(name)}


def _answer(description: str, schema: str, media: str = JSON) -> Described:
    return {"description": description, "content": {media: {"schema": _named(schema)}}}


def _refusal(description: str) -> Described:
    return _answer(description, "Problem", PROBLEM)


_BUSY = {**_refusal("Not now: send the same again, under the same ids; nothing is lost."), "headers": RETRY}
_NOBODY = _refusal("Nobody is known by the token.")

EVENTS: Described = {
    "description": described_sandbox.SAID,
    "requestBody": {
        "required": True,
        "content": {
            JSON: {
                "schema": {
                    "oneOf": [
                        _named("Event"),
                        {**_listed("Event"), "minItems": 1, "maxItems": BATCH_LIMIT},
                    ]
                }
            }
        },
    },
    "responses": {
        "201": _answer("One event, accepted: its receipt is true.", "Results"),
        "200": _answer("A batch, one result an event, in order; or one event sent before.", "Results"),
        "400": _refusal("The body is not JSON that everyone reads alike."),
        "401": _NOBODY,
        "409": _refusal("One event, under an id that another event has."),
        "413": _refusal("The body is too large; nothing in it was looked at."),
        "422": _refusal("One event, refused with every reason; or a batch of a wrong size."),
        "503": _BUSY,
    },
}
WHERE = {
    "receipt": "c2lnaHRsaW5lLXJlY2VpcHQ",
    "event_id": "6a1f0b7c-52d3-4e8f-9a0b-1c2d3e4f5a6b",
    "status": "appended",
    "partition": 0,
    "offset": 41,
    "recorded_at": "2024-09-10T22:52:31Z",
}
RECEIPTS: Described = {
    "responses": {
        "200": {
            "description": "Where the event lies in the log.",
            "content": {JSON: {"schema": _named("Receipt"), "example": WHERE}},
        },
        "401": _NOBODY,
        "404": _refusal("No such receipt of the caller's."),
    }
}


def catalogue(event: Described) -> Described:
    """Return the catalogue's operation, with one type of event as the example."""
    there = {"schema": _named("Catalogue"), "example": {"events": [event]}}
    return {
        "responses": {
            "200": {"description": "Every type of event there is.", "content": {JSON: there}},
            "401": _NOBODY,
        }
    }


_TEXT: Described = {"type": "string"}
_YES_OR_NO: Described = {"type": "boolean"}
_NUMBER: Described = {"type": "integer", "minimum": 1}
_TEXTS: Described = {"type": "array", "items": _TEXT}
_TEXT_OR_NONE: Described = {"type": ["string", "null"]}
_REFERENCE: Described = {"type": ["string", "null"], "maxLength": ID_LENGTH}


def _record(properties: Mapping[str, Described], **more: Any) -> Described:
    named = {"type": "object", "required": list(properties), "properties": dict(properties)}
    return {**named, "additionalProperties": False, **more}


_SCHEMAS: Described = {
    "Result": _record(
        {
            "id": {**_TEXT_OR_NONE, "description": "the publisher's own; null where it cannot be read"},
            "status": {"type": "string", "enum": [status.value for status in Status]},
            "event_id": {**_TEXT_OR_NONE, "description": "the log's"},
            "receipt": _TEXT_OR_NONE,
            "reasons": {**_listed("Reason"), "description": "why it is refused: all of them"},
            "defects": {**_listed("Reason"), "description": "what to mend in an event that is taken"},
        }
    ),
    "Results": _record({"results": _listed("Result")}),
    "Reason": _record(
        {
            "pointer": {**_TEXT, "format": "json-pointer"},
            "rule": _TEXT,
            "detail": _TEXT,
            "fix": {**_TEXT, "description": "what to do"},
        }
    ),
    "Problem": {
        "type": "object",
        "description": "RFC 9457; a refusal of events has reasons, and the results of what was looked at",
        "required": ["type", "status", "title", "detail"],
        "properties": {
            "type": _TEXT,
            "status": {"type": "integer"},
            "title": _TEXT,
            "detail": _TEXT,
            "reasons": _listed("Reason"),
            "results": _listed("Result"),
        },
    },
    "Receipt": _record(
        {
            "receipt": _TEXT,
            "event_id": _TEXT,
            "status": {"type": "string", "enum": ["appended"]},
            "partition": {"type": "integer", "minimum": 0},
            "offset": {"type": "integer", "minimum": 0},
            "recorded_at": {**_TEXT, "format": "date-time"},
        }
    ),
    "Catalogue": _record({"events": _listed("EventType")}),
    "EventType": _record(
        {
            "type": _TEXT,
            "family": _TEXT,
            "doc": _TEXT,
            "publishers": {**_TEXTS, "description": "who may send it; a kind admits each of that kind"},
            "version": {**_NUMBER, "description": "what is read now"},
            "versions": {"type": "array", "items": _NUMBER},
            "takes": {**_TEXTS, "description": "what may stand beside its sections"},
            "sections": _listed("Section"),
            "example": {
                "anyOf": [_named("Event"), {"type": "null"}],
                "description": "a document its publisher may send",
            },
        }
    ),
    "Section": _record(
        {
            "name": _TEXT,
            "version": _NUMBER,
            "compartment": _TEXT,
            "of": {**_TEXT_OR_NONE, "description": "whose it is; null: nobody's"},
            "array": _YES_OR_NO,
            "required": _YES_OR_NO,
            "derived": {**_YES_OR_NO, "description": "made by the door, refused from a publisher"},
            "fields": _listed("Field"),
        }
    ),
    "Field": _record(
        {
            "name": _TEXT,
            "type": _TEXT,
            "words": {**_TEXTS, "description": "the words it may be; none: it is no closed list"},
            "required": _YES_OR_NO,
            "doc": _TEXT,
        }
    ),
}


def describe(
    app: FastAPI,
    types: Sequence[str],
    examples: Mapping[str, Described],
    foretold: described_sandbox.Foretold,
) -> None:
    """Have an app's document name these schemas, an event of these types among them, and no others.

    `examples`: by type, what its publisher may send as it stands. `foretold`: what a sandbox answers.
    """
    made = app.openapi

    def described() -> Described:
        document = made()
        document["components"] = {"schemas": {"Event": _event(types), **_SCHEMAS}}
        taken: Described = document["paths"][PATH]["post"]["requestBody"]["content"][JSON]
        shown = examples[SHOWN]
        taken["examples"] = {
            **{name: {"value": event} for name, event in examples.items()},
            **described_sandbox.requests(shown),
        }
        described_sandbox.add_answers(document["paths"][PATH]["post"]["responses"], shown, foretold)
        for path in document["paths"].values():
            for operation in path.values():
                _without_defaults(operation["responses"])
        complete(document)
        return document

    app.openapi = described  # type: ignore[method-assign]


def _without_defaults(responses: Described) -> None:
    """Drop the answer that is described without our asking: to parameters that nothing can be wrong with."""
    if JSON in responses.get("422", {}).get("content", {}):
        del responses["422"]


def _event(types: Sequence[str]) -> Described:
    """Return an event's head; its sections are in the Avro schema of its type."""
    properties: Mapping[str, Described] = {
        "type": {"type": "string", "enum": sorted(types)},
        "id": {
            "type": "string",
            "minLength": 1,
            "maxLength": ID_LENGTH,
            "pattern": r"\S",
            "description": "the publisher's own",
        },
        "occurred_at": {**_TEXT, "format": "date-time"},
    }
    event = _record(properties, additionalProperties=True)
    event["properties"] |= {"incident": _REFERENCE, "corrects": _REFERENCE}
    return event
