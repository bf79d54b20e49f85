"""Whatever is sent to what `/openapi.json` names, the door answers as it says, and appends what it accepts.

The cases come from the served document: values of its schemas, its examples, and its examples with a few
places changed for something else.
"""

import copy
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.door_builders import Event, OpenDoor, example, open_door
from tests.flows.test_door_examples import PUBLISHER
from tests.system import sized

EVENTS, RECEIPTS = "/v1/events", "/v1/receipts/{receipt}"
OFTEN = settings(
    max_examples=sized(150, 4000),
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
Document = dict[str, Any]
Place = tuple[str | int, ...]

texts = st.text(st.characters(), max_size=12)
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | texts
    | st.sampled_from(["yes", "given", "high", "2024-09-01", "2024-09-01T21:40:00Z", "x" * 5000]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture
def door(tmp_path: Path, database_url: str) -> Iterator[OpenDoor]:
    with open_door(tmp_path / "data", database_url) as opened:
        yield opened


def served(door: OpenDoor) -> Document:
    found: Document = door.publisher.get("/openapi.json").json()
    return found


def of(document: Document, schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Return values of one of the document's schemas."""
    if "$ref" in schema:
        return of(document, document["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if "oneOf" in schema:
        return st.one_of(*(of(document, each) for each in schema["oneOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return st.one_of(*(_of_kind(document, schema, kind) for kind in kinds))


def _of_kind(document: Document, schema: Mapping[str, Any], kind: str) -> st.SearchStrategy[Any]:
    if kind == "null":
        return st.none()
    if kind == "array":
        return st.lists(of(document, schema["items"]), min_size=schema.get("minItems", 0), max_size=3)
    if kind == "object":
        return _objects(document, schema)
    assert kind == "string", f"the door's document takes {kind}: say here how to make one"
    if schema.get("format") == "date-time":
        return st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat())
    return st.text(min_size=schema.get("minLength", 0), max_size=min(schema.get("maxLength", 40), 40))


def _objects(document: Document, schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    known = {name: of(document, each) for name, each in schema["properties"].items()}
    asked = {name: known.pop(name) for name in schema["required"]}
    named = st.fixed_dictionaries(asked, optional=known)
    sections = st.dictionaries(st.sampled_from(["facts", "victim", "children", "routing"]) | texts, anything)
    return st.tuples(sections, named).map(lambda pair: {**pair[0], **pair[1]})


def places(value: object, here: Place = ()) -> Iterator[Place]:
    """Yield every place in a document, the outermost first."""
    inside = (
        value.items()
        if isinstance(value, Mapping)
        else enumerate(value)
        if isinstance(value, Sequence) and not isinstance(value, str)
        else ()
    )
    for name, each in inside:
        yield (*here, name)
        yield from places(each, (*here, name))


def changed(event: Event, changes: Sequence[tuple[Place, object]]) -> Event:
    """Return an event with other values at some places; a change inside what is gone changes nothing."""
    copied = copy.deepcopy(event)
    for (*path, last), value in changes:
        try:
            inside: Any = copied
            for part in path:
                inside = inside[part]
            inside[last] = value
        except (KeyError, IndexError, TypeError):
            continue
    return copied


def sent(types: Sequence[str]) -> st.SearchStrategy[tuple[str, Event]]:
    """Return examples under ids of their own, some as they stand, with whoever may send them."""

    def of_type(name: str) -> st.SearchStrategy[tuple[str, Event]]:
        event = example(name)
        change = st.tuples(st.sampled_from(list(places(event))), anything)
        events = st.tuples(st.lists(change, max_size=3), st.uuids()).map(
            lambda pair: changed({**event, "id": str(pair[1])}, pair[0])
        )
        return st.tuples(st.just(PUBLISHER[name]), events)

    return st.sampled_from(types).flatmap(of_type)


class Log:
    """What was appended since somebody last looked."""

    def __init__(self, door: OpenDoor) -> None:
        self._reader = door.log.reader({"log": 0})

    def grown(self) -> int:
        """Return how many events were appended since the last look."""
        return len(self._reader.read(10_000, 0.0))


def held(door: OpenDoor, log: Log, document: Document, body: object, agency: str) -> int:
    """Send a body, hold the answer to the document and the log to the answer. Returns the status."""
    answer = door.publisher.post(json.dumps(body).encode(), agency)

    assert str(answer.status_code) in document["paths"][EVENTS]["post"]["responses"]
    assert answer.status_code < 500, answer.text
    results = answer.json().get("results", [])
    assert log.grown() == sum(result["status"] == "accepted" for result in results)
    return answer.status_code


def test_whatever_is_sent_is_answered_as_described_and_a_refusal_appends_nothing(door: OpenDoor) -> None:
    document, log, statuses = served(door), Log(door), Counter[int]()
    taken = document["paths"][EVENTS]["post"]["requestBody"]["content"]["application/json"]
    agencies = st.sampled_from(sorted(set(PUBLISHER.values())))

    @OFTEN
    @given(agencies, of(document, taken["schema"]))
    def described(agency: str, body: object) -> None:
        statuses[held(door, log, document, body, agency)] += 1

    @OFTEN
    @given(sent(sorted(set(taken["examples"]) & set(PUBLISHER))))
    def nearly_an_example(case: tuple[str, Event]) -> None:
        statuses[held(door, log, document, case[1], case[0])] += 1

    described()
    nearly_an_example()

    assert statuses[201] > OFTEN.max_examples // 20
    assert statuses[422] > OFTEN.max_examples // 20


def stays(receipt: str) -> bool:
    """Whether a client asks for this and not for the folder above: dots alone never leave it."""
    return receipt not in (".", "..")


def test_a_receipt_nobody_was_given_is_absent_and_nothing_worse(door: OpenDoor) -> None:
    log, bodies = Log(door), set()
    named = served(door)["paths"][RECEIPTS]["get"]["parameters"]
    assert [parameter["name"] for parameter in named] == ["receipt"]

    @OFTEN
    @given(st.text(min_size=1, max_size=60).filter(stays) | st.sampled_from(["0/", "/", "\n", "0\n", "../0"]))
    def absent(receipt: str) -> None:
        answer = door.publisher.get(RECEIPTS.format(receipt=quote(receipt, safe="")))
        assert answer.status_code == 404
        bodies.add(answer.text)

    absent()

    assert len(bodies) == 1
    assert log.grown() == 0
