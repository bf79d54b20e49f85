"""The table of design 12 in one run, on a real broker: `make bench`.

Every row is a ratio of two figures of this run on this machine, and both are printed. No figure is held to
anything here: this prints what was seen, and on what. `BENCH_EVENTS` and `BENCH_PEOPLE` bound the sizes.
What could not be measured is left out, with the reason. Progress goes to standard error.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from services.eventlog import topics
from services.eventlog.records import Record
from services.eventlog.writer import KafkaWriter
from services.runtime.secrets import Secrets
from tests.bench.gate import copy_seconds, everything, gate_seconds
from tests.bench.others import OURS, THEIRS, LeftOut, run, same_work_seconds
from tests.bench.pages import of_the_pages
from tests.bench.parts import SEED, gate_on, sealed_events
from tests.bench.restart import fill, restart
from tests.bench.table import Line, Missing, Row, Seconds, printed
from tests.system import KafkaSystem, own_kafka

EVENTS = int(os.environ.get("BENCH_EVENTS", "6000"))
PEOPLE = int(os.environ.get("BENCH_PEOPLE", "1000000"))

AFTER_RESTART = 500
"""Events that are in the log when the gate is started again: a whole batch."""

GATE = "gate: log to decisions and releases, state committed"
DECIDING = "policy decision for all recipients of one event"
RESTART = "restart of the gate until its first batch is committed"


def main() -> None:
    """Measure each row and print the table."""
    with tempfile.TemporaryDirectory() as directory, own_kafka(Path(directory) / "kafka") as kafka:
        say(f"sealing {EVENTS + AFTER_RESTART} events through the door's own code")
        records = sealed_events(Path(directory) / "door", EVENTS + AFTER_RESTART)
        lines = of_the_gate(kafka, Path(directory), records[:-AFTER_RESTART])
        lines += of_a_restart(kafka, Path(directory) / "gate", records[-AFTER_RESTART:])
    lines += of_deciding()
    lines += of_the_pages(say)
    print(printed(lines))


def of_the_gate(kafka: KafkaSystem, directory: Path, records: Sequence[Record]) -> list[Line]:
    """Measure the gate, a raw copy, and two stream processors at the same work, on the same events."""
    writer, count = KafkaWriter(kafka.admin), len(records)
    writer.append(kafka.fresh_topic(), records)  # so that the broker is warm for whoever comes first
    writer.append(topics.LOG, records)
    say(f"deciding {count} events")
    gate = count / gate_seconds(gate_on(kafka, directory / "door", directory / "gate"))
    outputs = everything(kafka)
    say(f"copying them to {len(outputs)} messages of the same sizes")
    copied = count / copy_seconds(kafka, outputs)
    what = f"{count:,} events, {len(outputs):,} messages"
    lines: list[Line] = [Row(GATE, "raw copy", gate, copied, "events/s", what)]
    key = Secrets.load(kafka.settings(directory / "gate")).routing
    for name, module, python in (("Quix Streams", "on_quix", THEIRS), ("Faust", "on_faust", OURS)):
        say(f"doing the same work with {name}")
        seconds = partial(same_work_seconds, module, python, kafka, outputs, count, key)
        lines += or_left_out(GATE, name, partial(same_work, name, gate, count, seconds))
    return lines


def same_work(name: str, gate: float, count: int, seconds: Callable[[], float]) -> list[Line]:
    """Measure one stream processor at the same decode, filter, encode."""
    what = "it is handed the decisions, and keeps no state, numbers or ledger"
    return [Row(GATE, name, gate, count / seconds(), "events/s", what)]


def of_deciding() -> list[Line]:
    """Measure our rules and cedarpy's, both in the environment that has cedarpy."""

    def lines() -> list[Line]:
        say("deciding with our rules and with cedarpy's")
        said = run("deciding", THEIRS, str(SEED))
        what = f"{said['checked']:,} questions answered alike, {said['permitted']:,} of them permits; "
        cold = what + "no question asked before"
        warm = "every question asked before: what looking an answer up costs the gate"
        return [
            Row(DECIDING, "cedarpy, batch", said["cold"], said["cedar"], "decisions/s", cold),
            Row(DECIDING, "the same, warm", said["warm"], said["cedar"], "decisions/s", warm),
        ]

    return or_left_out(DECIDING, "cedarpy", lines)


def of_a_restart(kafka: KafkaSystem, data: Path, records: Sequence[Record]) -> list[Line]:
    """Measure a start with very many people in the state, and as many events as a batch takes waiting."""
    say(f"filling the gate's state with {PEOPLE:,} people")
    filled = fill(data, PEOPLE)
    KafkaWriter(kafka.admin).append(topics.LOG, records)
    say("starting the gate again")
    seen = restart(data, kafka.broker.bootstrap)
    what = (
        f"{filled.people:,} people, {filled.incidents:,} incidents, {filled.megabytes:,} MB; first batch of "
        f"{seen.events} events; {seen.gate:.2f} s of it once Python had its modules"
    )
    return [Seconds(RESTART, seen.process, what)]


def or_left_out(what: str, against: str, measure: Callable[[], list[Line]]) -> list[Line]:
    """Return what was measured, or why nothing could be."""
    try:
        return measure()
    except LeftOut as error:
        say(f"{against} is left out: {error}")
        return [Missing(what, against, str(error).splitlines()[0])]


def say(text: str) -> None:
    """Tell what is being done, on standard error."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
