"""What an operator is answered who asks to have something read again: every reader answers alike.

POST {"topic"}            the trial: what would come of it; nothing is done
POST {"topic", "plan"}    does what that plan said, if nothing has changed since
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Protocol

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StrictStr

from services.eventlog.errors import Moved, OffsetGone
from services.eventlog.redriver import Changed, Found, Plan, Whom
from services.eventlog.redriving import Redrive, times
from services.eventlog.trial import Says, Trial
from services.runtime.identity import Caller
from services.runtime.operators import nothing
from services.runtime.problems import problem
from services.vocabulary.times import format_time

Json = dict[str, object]


class Asked(BaseModel):
    """Which topic to read again; with the plan that was shown it is done, without it is tried."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"topic": "to.schools"}]})

    topic: Annotated[StrictStr, Field(min_length=1, max_length=255)]
    plan: Annotated[StrictStr, Field(min_length=1, max_length=64)] | None = None


class Redrives(Protocol):
    """What can be read again, or said again."""

    def plan(self, topic: str) -> Plan | None:
        """Return what would come of it; None where nothing stands aside."""

    def redrive(self, plan: Plan, whom: Whom) -> None:
        """Do it. Raises `Changed`, `Moved` or `OffsetGone`."""


def answered(redrives: Redrives, caller: Caller, asked: Asked) -> JSONResponse:
    """Try, or do what was tried. What is done is put on record under a named person, or not done."""
    if caller.person is None:
        return nothing()
    plan = redrives.plan(asked.topic)
    if plan is None:
        return problem(404, "nothing aside", "nothing of that topic was set aside: look at ops dead")
    if asked.plan is None:
        return JSONResponse({**shown(plan), "done": False})
    if asked.plan != plan.id:
        return _changed()
    try:
        redrives.redrive(plan, Whom(agency=caller.agency, person=caller.person))
    except (Changed, Moved):
        return _changed()
    except OffsetGone:
        return problem(409, "gone", "the log no longer holds the first of them: it cannot be read again")
    return JSONResponse({**shown(plan), "done": True})


def shown(plan: Plan) -> Json:
    """Return a plan as JSON: counts and reasons; no recipient, no number, nothing of a person.

    `tried` of `of` records were tried, the first of them; `counts` and `records` say nothing of the others,
    `untried` of which stand aside.
    """
    tried = plan.trial or Trial(counts={}, tried=())
    return {
        "topic": plan.topic,
        "plan": plan.id,
        "first": plan.first,
        "until": plan.until,
        "possible": plan.trial is not None,
        "tried": tried.records,
        "of": plan.records,
        "untried": len(plan.times) - len(tried.tried),
        "counts": {says.value: tried.counts.get(says, 0) for says in Says},
        "records": [
            {
                "offset": one.offset,
                "was": one.was,
                "times": plan.times.get(one.offset, 0),
                "says": one.says.value,
                "reason": one.reason,
            }
            for one in tried.tried
        ],
    }


def set_aside(found: Found) -> Json:
    """Return what a reader could not read, how often each was read again, and who had it read again."""
    return {
        "records": [
            {"topic": topic, "offset": at, "reason": why, "times": times(found.redrives, topic, at)}
            for topic, offsets in found.aside.items()
            for at, why in offsets.items()
        ],
        "redrives": on_record(found.redrives, found.positions),
    }


def on_record(redrives: Iterable[Redrive], positions: Mapping[str, int]) -> list[Json]:
    """Return who had what read again, in order; `read` says whether the reader has come as far again."""
    return [
        {
            "at": format_time(one.at),
            "agency": one.agency,
            "person": one.person,
            "topic": one.topic,
            "first": one.first,
            "until": one.until,
            "read": positions.get(one.topic, one.until) >= one.until,
        }
        for one in redrives
    ]


def _changed() -> JSONResponse:
    return problem(409, "changed", "what stands aside has changed since it was shown: look again")
