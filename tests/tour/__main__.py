"""Take a picture of every page: `make tour`.

1. Start a system on simulated time and play the first days of the demo's September, then the example VPA.
2. Go to each page as its tests do, signed in as somebody who uses it, and take its picture.  3. Write the
pictures and the page that shows them to `infra/tour`, in place of those that were there.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page

from services.cli.client import System
from services.cli.playing import play
from services.runtime.places import ROOT
from services.synthetic.actors import Schools
from services.synthetic.month import first_moment
from tests import pulse_builders
from tests.browser_builders import Told, chromium, list_children, owe_call, refer_to_checs, tell, window
from tests.journey_builders import SEED, a_few_days
from tests.system import Running, running_system
from tests.tour.pictures import taken
from tests.tour.stops import NOT_SHOWN, STOPS, Stop

FOLDER: Final = ROOT / "infra" / "tour"
INCIDENTS: Final = 24
"""Incidents of the demo's month that are lived through first."""

WIDTH: Final = 960
NOBODY: Final = "Signed in as nobody"
INTRODUCTION: Final = """\
# The tour

Every page of the console, made by `make tour`: it plays the first days of the demo's September, signs in as
each person and takes these pictures. Nobody in them is real. Change a page, and make them again.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A stop's picture, and who was signed in."""

    stop: Stop
    whose: str
    png: bytes


def main() -> None:
    """Make the tour anew."""
    with tempfile.TemporaryDirectory() as directory:
        data = Path(directory) / "demo"
        with running_system(data, "--simulate-from", first_moment().isoformat()) as system:
            told = lived(system)
            with chromium() as browser:
                pictures = list(all_taken(browser, system, told))
    write(pictures, FOLDER)
    print(f"{len(pictures)} pictures in {FOLDER.relative_to(ROOT)}")


def lived(running: Running) -> Told:
    """Play a few days of the month, then an hour that the pulse can show, and an incident of which DAFSU, the
    Hub and a school are told.
    """
    system = System(running.url, running.data)
    schools = Schools(seed=SEED, urns=[school.urn for school in system.partnership.schools])
    play(system, a_few_days(INCIDENTS), schools, lambda done, text: say(f"{done:4.0%} {text}"))
    pulse_builders.publish(running, "raised")
    pulse_builders.an_hour_passes(running)
    list_children(running)
    owe_call(running)
    refer_to_checs(running)
    return tell(running)


def all_taken(browser: Browser, system: Running, told: Told) -> Iterator[Picture]:
    """Yield a picture of every stop. Raises what a browser does where a way has an end."""
    aside = browser.new_context().new_page()
    for stop in STOPS:
        say(stop.title)
        with window(browser, system, width=WIDTH) as page:
            stop.reach(page, system, told)
            yield Picture(stop=stop, whose=whose(page), png=taken(page, aside))


def whose(page: Page) -> str:
    """Return who is signed in, by their agency, as the page says."""
    said = page.locator(".sightline-signed-in p")
    return said.inner_text().partition(", ")[2] if said.count() else NOBODY


def write(pictures: Iterable[Picture], folder: Path) -> None:
    """Write the pictures and their page, in place of all that was there."""
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    found = sorted(pictures, key=lambda each: each.whose != NOBODY)
    for each in found:
        (folder / each.stop.file).write_bytes(each.png)
    (folder / "README.md").write_text(shown(found, NOT_SHOWN), encoding="utf-8")


def shown(pictures: Iterable[Picture], missing: Mapping[str, str]) -> str:
    """Return the page that shows the pictures, those of one agency together, and what is not shown."""
    parts = [INTRODUCTION]
    by_agency = groupby(sorted(pictures, key=lambda each: each.whose), key=lambda each: each.whose)
    for whose_, theirs in by_agency:
        parts.append(f"## {whose_}\n")
        parts += [f"### {one.stop.title}\n\n![{one.stop.title}]({one.stop.file})\n" for one in theirs]
    parts.append("## Not shown\n")
    parts.append("\n".join(f"- {title.partition(' – ')[0]}: {why}." for title, why in missing.items()) + "\n")
    return "\n".join(parts)


def say(text: str) -> None:
    """Tell what is being done, on standard error."""
    print(f"tour: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
