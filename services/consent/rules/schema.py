"""What a policy's TOML may hold, as a JSON Schema: an editor shows it while a draft is written.

What one row says of another it cannot know: that ids are there once, that a rule's grounds and sections are
the policy's own, that offices open before they close. `sightline policy check` says those, and all the rest.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from services.consent.rules.circumstances import ALLOWED, OUT_OF_HOURS, PLACEMENT
from services.consent.rules.policy import ANY, EDUCATION, PARTNERSHIP, PUBLISHER, SCHOOL
from services.consent.rules.reading import ATTENDING, LONGEST_NAME, MOST, RELEASING
from services.vocabulary.agencies import SINGLE_CONTROLLERS
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Ground, Reason
from services.vocabulary.risk import VulnerableAdult

Schema = Mapping[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer", "minimum": 1, "maximum": MOST}
TIME_OF_DAY: Schema = {
    "description": "A local time, without quotes: 08:30:00",
    "type": "string",
    "pattern": r"^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?$",
}
DAY: Schema = {
    "description": "A day, without quotes: 2024-12-25",
    "type": "string",
    "pattern": r"^\d{4}-\d{2}-\d{2}$",
}


def schema() -> Schema:
    """Return it as JSON Schema 2020-12: TOML's times and days are strings in it, as editors have them."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A policy: who may see what, on which ground",
        **_table(
            {
                "name": {"type": "string", "pattern": rf"^[^\x00-\x1f\x7f]{{1,{LONGEST_NAME}}}$"},
                "version": WHOLE,
                "review_within_hours": WHOLE,
                "office_hours": _table(
                    {"opens": TIME_OF_DAY, "closes": TIME_OF_DAY, "bank_holidays": _many(DAY)},
                    needs=("opens", "closes"),
                ),
                "sections": {
                    "description": "Which versions of each section may be released; routing never is.",
                    "type": "object",
                    "propertyNames": {"not": {"const": "routing"}},
                    "additionalProperties": _many({"type": "integer", "minimum": 1}),
                },
                "ground": _many(_ground()),
                "rule": _many(_rule()),
            },
            needs=("name", "version", "sections", "ground", "rule"),
        ),
        "if": {"not": {"required": ["office_hours"]}},
        "then": {"properties": {rows: _many(_without_hours()) for rows in ("ground", "rule")}},
    }


def _ground() -> Schema:
    recipients = _many(_one_of(SINGLE_CONTROLLERS))
    return _table(
        {
            "id": _one_of(Ground),
            "source": TEXT,
            "when": _when(fact for fact in ALLOWED if fact != PLACEMENT),
            "lasts_days": WHOLE,
            **dict.fromkeys((*ATTENDING, "only", "never"), recipients),
        },
        needs=("id", "source", "when"),
    )


def _rule() -> Schema:
    """A rule denies, or releases: what it has besides, and what its `when` may ask, hang on that and on whom
    it is for.
    """
    whole = _table(
        {
            "id": TEXT,
            "source": TEXT,
            "to": _one_of((*SINGLE_CONTROLLERS, ANY, PUBLISHER, SCHOOL)),
            "on": _many(_one_of((*EventType, ANY))),
            "when": _when(ALLOWED),
            "grounds": _many(_one_of(Ground), least=1),
            "sections": _many(TEXT, least=1),
            "alone": _many(_alone()),
            "purpose": {**TEXT, "description": "What the recipient may use it for."},
            "expects": {**TEXT, "description": "What the recipient should do, and by when."},
            "denies": _one_of(Reason),
        },
        needs=("id", "source", "to", "on", "when"),
    )
    return {
        **whole,
        "if": {"required": ["denies"]},
        "then": {"properties": dict.fromkeys(sorted(RELEASING), False)},
        "else": {"required": ["grounds", "sections", "purpose"]},
        "allOf": [
            _unless_to((SCHOOL, EDUCATION), {"properties": {PLACEMENT: False}}),
            {"if": _to((PUBLISHER, PARTNERSHIP)), "then": {"properties": {"when": {"maxProperties": 0}}}},
        ],
    }


def _alone() -> Schema:
    return _table(
        {"ground": _one_of(Ground), "adult": _one_of(VulnerableAdult), "sections": _many(TEXT)},
        needs=("ground", "sections"),
    )


def _when(facts: Iterable[str]) -> Schema:
    """A fact is one of its values, or any of several."""
    values = {fact: _one_of(ALLOWED[fact]) for fact in facts}
    return _table({fact: {"anyOf": [one, _many(one)]} for fact, one in values.items()})


def _without_hours() -> Schema:
    return {"properties": {"when": {"properties": {OUT_OF_HOURS: False}}}}


def _unless_to(names: Iterable[str], when: Schema) -> Schema:
    return {"if": _to(names), "else": {"properties": {"when": when}}}


def _to(names: Iterable[str]) -> Schema:
    return {"properties": {"to": _one_of(names)}}


def _table(cells: Mapping[str, Schema], *, needs: Iterable[str] = ()) -> Schema:
    return {"type": "object", "properties": cells, "required": list(needs), "additionalProperties": False}


def _many(each: Schema, *, least: int = 0) -> Schema:
    return {"type": "array", "items": each, **({"minItems": least} if least else {})}


def _one_of(values: Iterable[Any]) -> Schema:
    return {"enum": sorted(values, key=str)}
