"""Sending events through the door, as an agency's own system would: retried until answered, never given up.

`settle` and `advance` live in `services.cli.settling`; they are named here too, for those who publish.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from services.cli.client import Answer, Lost, System
from services.cli.patience import PATIENCE_SECONDS, Patience
from services.cli.settling import Unsettled, advance, settle
from services.runtime.clock import elapsed, rest

__all__ = ["Result", "Tally", "advance", "publish", "publish_lines", "settle"]

MOST_EVENTS = 100
MOST_BYTES = 1_500_000
AGAIN = frozenset({429, 502, 503, 504})
AGAIN_SECONDS = 0.1
SLOWEST_AGAIN_SECONDS = 1.0

NOT_JSON: Mapping[str, str] = {
    "pointer": "",
    "rule": "json",
    "detail": "the line cannot be read as JSON",
    "fix": "write one event a line, as a JSON object",
}
NOT_AN_OBJECT: Mapping[str, str] = {
    "pointer": "",
    "rule": "object",
    "detail": "the line is JSON, and no object",
    "fix": "write one event a line, as a JSON object: several events are several lines",
}

Agency = str
Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The door's answer to one event; `unanswered` when none came in time."""

    id: str | None
    status: str
    receipt: str | None = None
    reasons: tuple[Mapping[str, str], ...] = ()
    defects: tuple[Mapping[str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the line that `sightline publish` prints."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many events met which answer."""

    accepted: int
    duplicate: int
    refused: int
    unanswered: int

    @property
    def complete(self) -> bool:
        """Say whether every event was taken."""
        return not self.refused and not self.unanswered


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One event as it will be sent: the text untouched, so that the door judges what the publisher wrote."""

    agency: str
    text: str
    id: str | None
    at: datetime | None
    fault: Mapping[str, str] | None = None

    @classmethod
    def of(cls, agency: str, text: str) -> Line:
        """Read from a line what sending needs to know.

        One that is no JSON object gets a `fault` and is not sent: among others it would read as more events
        than one, or as none.
        """
        try:
            event = json.loads(text)
        except (ValueError, RecursionError):
            return cls(agency=agency, text=text, id=None, at=None, fault=NOT_JSON)
        if not isinstance(event, dict):
            return cls(agency=agency, text=text, id=None, at=None, fault=NOT_AN_OBJECT)
        identity = event.get("id")
        return cls(
            agency=agency, text=text, id=identity if isinstance(identity, str) else None, at=_at(event)
        )


def publish(
    system: System,
    items: Iterable[tuple[Agency, Event]],
    at_their_times: bool = False,
    on_result: Callable[[Result], None] = lambda result: None,
    timeout: float = PATIENCE_SECONDS,
) -> Tally:
    """Publish events in order, each as its agency. See `publish_lines`."""
    lines = (Line.of(agency, json.dumps(event)) for agency, event in items)
    return publish_lines(system, lines, at_their_times, on_result, timeout)


def publish_lines(
    system: System,
    lines: Iterable[Line],
    at_their_times: bool = False,
    on_result: Callable[[Result], None] = lambda result: None,
    timeout: float = PATIENCE_SECONDS,
    person: str | None = None,
) -> Tally:
    """Publish lines in order and report each answer.

    1. With `at_their_times`, first move the shared clock to the line's `occurred_at`, everything settled
    between steps.  2. Send, up to 100 at once.  3. On 503 or a lost connection send the same again, for
    `timeout` seconds in all.  Never raises for what the door says, nor where the system does not come to
    rest: an event without an answer is `unanswered`, and so is, untried, whatever comes after it.
    A line with a fault is refused here.
    """
    counts = dict.fromkeys(("accepted", "duplicate", "refused", "unanswered"), 0)
    patience = Patience(timeout)
    for batch in _batches(lines, at_their_times):
        for result in _results_of(system, batch, patience, person, at_their_times):
            counts[result.status] += 1
            on_result(result)
    return Tally(**counts)


def _results_of(
    system: System, batch: list[Line], patience: Patience, person: str | None, at_their_times: bool
) -> list[Result]:
    if batch[0].fault is not None:
        return [Result(id=None, status="refused", reasons=(batch[0].fault,))]
    try:
        if at_their_times and batch[0].at is not None and not patience.is_spent:
            advance(system, batch[0].at, patience)
    except Unsettled as error:
        return [_unanswered(line, "not-at-rest", str(error)) for line in batch]
    return _send(system, batch, patience, person)


def _batches(lines: Iterable[Line], at_their_times: bool) -> Iterator[list[Line]]:
    batch: list[Line] = []
    for line in lines:
        if batch and not _fits(batch, line, at_their_times):
            yield batch
            batch = []
        batch.append(line)
    if batch:
        yield batch


def _fits(batch: Sequence[Line], line: Line, at_their_times: bool) -> bool:
    if line.fault is not None or batch[0].fault is not None:
        return False
    size = sum(len(one.text) for one in batch) + len(line.text)
    room = len(batch) < MOST_EVENTS and size < MOST_BYTES
    return room and line.agency == batch[0].agency and (not at_their_times or line.at == batch[0].at)


def _send(system: System, batch: list[Line], patience: Patience, person: str | None) -> list[Result]:
    body = batch[0].text if len(batch) == 1 else "[" + ",".join(line.text for line in batch) + "]"
    answer = _answered(system, batch[0].agency, body.encode(errors="surrogatepass"), patience, person)
    if answer is None:
        return [_unanswered(line, "no-answer", "the door did not take it in time") for line in batch]
    results = _results(answer)
    if len(results) == len(batch):
        return [_result(line, found) for line, found in zip(batch, results, strict=True)]
    if len(batch) > 1:
        return [result for line in batch for result in _send(system, [line], patience, person)]
    return [_refused(batch[0], answer)]


def _answered(
    system: System, agency: str, body: bytes, patience: Patience, person: str | None
) -> Answer | None:
    """Return the door's answer, asked for again and again; None once the patience is spent."""
    began, until, pace = elapsed(), patience.until(), AGAIN_SECONDS
    while (asked := elapsed()) < until:
        with suppress(Lost):
            answer = system.post("/v1/events", body, agency=agency, person=person, until=until)
            if answer.status not in AGAIN:
                patience.spend(asked - began)
                return answer
        rest(min(pace, max(until - elapsed(), 0)))
        pace = min(pace * 1.5, SLOWEST_AGAIN_SECONDS)
    patience.spend(elapsed() - began)
    return None


def _results(answer: Answer) -> list[Mapping[str, Any]]:
    try:
        body = json.loads(answer.body)
    except ValueError:
        return []
    found = body.get("results") if isinstance(body, dict) else None
    return found if isinstance(found, list) else []


def _result(line: Line, found: Mapping[str, Any]) -> Result:
    return Result(
        id=found.get("id") or line.id,
        status=str(found["status"]),
        receipt=found.get("receipt"),
        reasons=tuple(found.get("reasons") or ()),
        defects=tuple(found.get("defects") or ()),
    )


def _unanswered(line: Line, rule: str, detail: str) -> Result:
    reason = {"pointer": "", "rule": rule, "detail": detail, "fix": "publish the same line again"}
    return Result(id=line.id, status="unanswered", reasons=(reason,))


def _refused(line: Line, answer: Answer) -> Result:
    try:
        problem = json.loads(answer.body)
    except ValueError:
        problem = {}
    whole = {
        "pointer": "",
        "rule": str(problem.get("title", answer.status)),
        "detail": str(problem.get("detail", "refused")),
        "fix": "send what the detail asks for",
    }
    return Result(id=line.id, status="refused", reasons=tuple(problem.get("reasons") or (whole,)))


def _at(event: Mapping[str, Any]) -> datetime | None:
    try:
        at = datetime.fromisoformat(event["occurred_at"])
    except (KeyError, TypeError, ValueError):
        return None
    return at if at.tzinfo is not None else None
