"""What the keyring may be asked: the bodies of its requests, and how long each part may be."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictStr

from services.consent.api import described

LONGEST_PURPOSE = 500
LONGEST_NAME = 100
LONGEST_EVENT = 1000
"""Characters of an event's id: a publisher's own may be any text."""

MOST_SECTIONS = 100
MOST_HELD = 5000
"""Releases asked about at once."""

LONGEST_POLICY = 262_144
"""Characters of a draft: what the door takes of a policy."""

MOST_EXAMPLES = 20


def printable(text: str) -> str:
    """Return a text of lines that people can read. Raises ValueError for control characters."""
    if not all(line.isprintable() for line in text.splitlines()):
        raise ValueError("it holds control characters: write it in plain words")
    return text


Purpose = Annotated[
    StrictStr,
    Field(min_length=1, max_length=LONGEST_PURPOSE, pattern=r"\S"),
    AfterValidator(printable),
]
"""What somebody needs to know something for, as it goes on record."""


class Opening(BaseModel):
    """What to open: a release, all of its sections or some, and what for."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"examples": [described.TO_OPEN]}
    )

    release_id: Annotated[StrictStr, Field(min_length=1, max_length=LONGEST_NAME)]
    purpose: Purpose
    sections: (
        Annotated[list[Annotated[StrictStr, Field(max_length=LONGEST_NAME)]], Field(max_length=MOST_SECTIONS)]
        | None
    ) = None


class WhereElse(BaseModel):
    """Of whom to ask where else they stand: whoever is in a section of a release, and what for."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"examples": [described.TO_FOLLOW]}
    )

    release_id: Annotated[StrictStr, Field(min_length=1, max_length=LONGEST_NAME)]
    section: Annotated[StrictStr, Field(min_length=1, max_length=LONGEST_NAME)]
    purpose: Purpose


class Held(BaseModel):
    """Releases of which somebody asks whether anybody in their agency opened them."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"examples": [described.TO_ASK_ABOUT]}
    )

    releases: Annotated[
        list[Annotated[StrictStr, Field(max_length=LONGEST_NAME)]], Field(max_length=MOST_HELD)
    ]


class Named(BaseModel):
    """An event, by the log's id or its publisher's own."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"examples": [described.TO_TRACE]}
    )

    event: Annotated[StrictStr, Field(min_length=1, max_length=LONGEST_EVENT)]


class Draft(BaseModel):
    """A policy to try on the log as it is, and how many events to name as examples of each kind."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [described.TO_TRY]})

    text: Annotated[StrictStr, Field(max_length=LONGEST_POLICY)]
    examples: Annotated[int, Field(ge=0, le=MOST_EXAMPLES)] = 5
