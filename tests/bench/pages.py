"""Pages about a year under load: what browsers would ask the console for, signed in, several at once.

A reader asks for the next page as soon as the last has come: harder on the console than anybody who reads.
What narrows an inbox is asked for when the rest is done, so that each figure is of its own pages.
Every answer is held to be the page itself. `python -m tests.bench.pages` measures this alone.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from random import Random

import httpx

from services.cli.client import System
from services.runtime.clock import elapsed
from tests.bench.parts import SEED
from tests.bench.table import Line, Spread, printed
from tests.bench.year import Year, a_year

EVENTS = int(os.environ.get("BENCH_YEAR", "6500"))
"""Events of the synthetic year: of 3,289 VPAs the raised form and the reviewed one, and 78 fewer."""

VISITS = 60
"""Pages each reader asks for, after those that warm everything up."""

NARROWED_VISITS = 12
"""Pages each asks for afterwards of each narrowed inbox."""

WARM = 6
INCIDENTS = 50
"""Incidents of which readers ask for the pages, chosen by chance among all of an agency's."""

INBOX, INCIDENT = "inbox, first page", "an incident's page"
NARROWED = {
    "inbox, what is overdue": "/inbox?show=overdue",
    "inbox, what is expected": "/inbox?show=expected",
    "inbox, where support finished": "/inbox?happened=SupportFinished",
}
"""Of what is overdue there is nothing that morning, nor did support finish: all of it is told by no case."""
FORM_TOKEN = re.compile('name="form_token" value="([0-9a-f]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Somebody who reads: of which agency, and which of its people."""

    agency: str
    which: int


READERS = (Who(agency="cedah", which=0), Who(agency="cedah", which=1), Who(agency="dafsu", which=0),
           Who(agency="police", which=0))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One page that came, and in how many seconds."""

    agency: str
    what: str
    seconds: float


class Reader:
    """A browser somebody is signed in with."""

    def __init__(self, system: System, who: Who) -> None:
        self._who = who
        self._client = httpx.Client(base_url=system.url, headers={"accept": "text/html"}, timeout=60)
        self._sign_in(system.partnership.people_of(who.agency)[who.which].id)
        self._aliases = _chosen(system, who.agency)

    def _sign_in(self, person: str) -> None:
        found = FORM_TOKEN.search(self._client.get("/sign-in").text)
        assert found, "there is no form to sign in with"
        sent = {"form_token": found[1], "agency": self._who.agency, "person": person}
        assert self._client.post("/sign-in/person", data=sent).status_code == 303

    def usual(self) -> list[Visit]:
        """Ask for the inbox and for incidents, one after another; what warms up is asked for first."""
        asked = list(islice(self._pages(), WARM + VISITS))
        return [self._visit(what, path) for what, path in asked][WARM:]

    def narrowed(self) -> list[Visit]:
        """Ask for an inbox narrowed one way after another."""
        asked = [each for each in NARROWED.items() for _ in range(NARROWED_VISITS)]
        return [self._visit(what, path) for what, path in asked]

    def _pages(self) -> Iterator[tuple[str, str]]:
        for alias in cycle(self._aliases):
            yield INBOX, "/inbox"
            yield INCIDENT, f"/incidents/{alias}"

    def _visit(self, what: str, path: str) -> Visit:
        began = elapsed()
        answer = self._client.get(path)
        seconds = elapsed() - began
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        assert "<h1" in answer.text, f"{path} is no page"
        return Visit(agency=self._who.agency, what=what, seconds=seconds)


def of_the_pages(say: Callable[[str], None]) -> list[Line]:
    """Measure the pages of an agency's inbox and of an incident, and beside them the Hub's."""
    say(f"filling the read models with {EVENTS:,} events of a year, on PostgreSQL")
    with tempfile.TemporaryDirectory() as directory:
        opened_by = sorted({who.agency for who in READERS} - {"police"})
        with a_year(Path(directory) / "year", EVENTS, opened_by) as year:
            say(f"reading its pages, {len(READERS)} at once")
            visits = read(year.system)
            return lines(year, visits)


def read(system: System) -> list[Visit]:
    """Let everybody read at once."""
    readers = [Reader(system, who) for who in READERS]
    with ThreadPoolExecutor(len(readers)) as several:
        rounds = [*several.map(Reader.usual, readers), *several.map(Reader.narrowed, readers)]
    return [visit for visits in rounds for visit in visits]


def lines(year: Year, visits: Sequence[Visit]) -> list[Line]:
    """Return a line for each page: of the agencies together, and of the Hub, whose incidents say more."""
    held = f"{year.rows:,} releases in the store, {year.opened:,} opened; {len(READERS)} readers at once, "
    return [
        Spread(f"page: {whose}{what}", spread, f"PostgreSQL, {held}{len(spread)} visits")
        for whose, is_hubs in (("", False), ("the Hub's ", True))
        for what in (INBOX, *NARROWED, INCIDENT)
        if (
            spread := sorted(
                v.seconds for v in visits if v.what == what and (v.agency == "police") is is_hubs
            )
        )
    ]


def _chosen(system: System, agency: str) -> list[str]:
    """Return the aliases of some of an agency's incidents."""
    found, after = list[str](), ""
    while True:
        answer = system.get("/v1/cases", {"limit": "100", "after": after}, agency=agency).good()
        found += [str(case["incident"]) for case in answer["cases"]]
        after = answer["next"]
        if after is None:
            return Random(SEED).sample(found, INCIDENTS)


def main() -> None:
    """Measure, and print these lines alone."""
    print(printed(of_the_pages(lambda text: print(f"bench: {text}", file=sys.stderr, flush=True))))


if __name__ == "__main__":
    main()
