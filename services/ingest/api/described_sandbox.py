"""A sandbox as `/openapi.json` describes it: what it is, and the answer to each id that forces one."""

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from fastapi.responses import Response

from services.vocabulary.sandbox import ANSWERS, Forced

Described = dict[str, Any]
Foretold = Callable[[Described], Response]
"""What a sandbox answers to an event, whatever it was sent before."""

SAID: Final = "\n".join(
    (
        "Publish one event, or up to 100.",
        "",
        "**Trying it out.** The token of a sandbox (`sandbox:police` rehearses `police`) is answered here,",
        "and at the receipts it is given, as its publisher would be: the same checks, the same answers, and",
        "nothing kept. Its receipts begin with `sandbox-`. Nothing is remembered from one request to the",
        "next, and what an event names is supposed to be known. Under these ids an event that is otherwise",
        "in order is answered so:",
        "",
        *(f"- `{forced}`: {ANSWERS[forced]}" for forced in Forced),
    )
)
"""What the operation says of itself."""


def requests(event: Described) -> Described:
    """Return an example of a request for each id that forces an answer, as OpenAPI names examples."""
    return {
        forced.value: {
            "summary": f"{forced} (a sandbox's alone)",
            "description": ANSWERS[forced],
            "value": {**event, "id": forced.value},
        }
        for forced in Forced
    }


def add_answers(responses: Described, event: Described, foretold: Foretold) -> None:
    """Put the answer to each such request beside the other answers, under its status."""
    for forced, answer in _answers(event, foretold):
        (content,) = responses[str(answer.status_code)]["content"].values()
        shown = {"summary": ANSWERS[forced], "value": json.loads(bytes(answer.body))}
        content.setdefault("examples", {})[forced.value] = shown


def _answers(event: Described, foretold: Foretold) -> Iterator[tuple[Forced, Response]]:
    for forced in Forced:
        yield forced, foretold({**event, "id": forced.value})
