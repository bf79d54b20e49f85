"""A real browser before a running system, and one incident that DAFSU, the Hub and a school were told of."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, cast
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser, Locator, Page, Response, sync_playwright

from services.cli.client import System
from services.cli.publishing import publish, settle
from services.eventlog.catalogue_files import SCHEMAS
from services.runtime.clock import SharedClock, clock_path
from tests.system import LONG, Running

CHROMIUMS = ("chromium-headless-shell", "chromium")
"""What Debian calls it, the quickest to open a page first."""
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SCHOOL = "school:900101"
HUB, DAFSU, CEDAH, CHECS, EDUCATION = "police", "dafsu", "cedah", "checs", "education"
NARROW, WIDE = 320, 1200
LOOKED_AT = (WIDE, NARROW) if LONG else (WIDE,)
"""How wide pages are when axe looks at them; that each fits a phone is looked at every time."""

NAMES = ("Quenivaldra", "Thornwickle", "Marigoldine", "Peregrinian", "Bartolemius", "Grumblethwait")
"""Everybody in the example VPA."""
SIGN_IN = "/sign-in"
_numbers = count(1)
_sessions: dict[tuple[str, str, int], list[SetCookieParam]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One incident: its reference, and what each recipient calls it."""

    reference: str
    aliases: dict[str, str]
    message: str


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a real browser."""
    found = next(path for path in map(shutil.which, CHROMIUMS) if path is not None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def window(browser: Browser, system: Running, *, scripts: bool = True, width: int = WIDE) -> Iterator[Page]:
    """Open a window of its own, signed in as nobody."""
    context = browser.new_context(
        base_url=system.url, java_script_enabled=scripts, viewport={"width": width, "height": 800}
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def sign_in(page: Page, system: Running, agency: str, which: int = 0) -> None:
    """Sign in as a named person of an agency or school."""
    person = System(system.url, system.data).partnership.people_of(agency)[which]
    page.goto("/")
    page.get_by_label("Agency or school").select_option(agency)
    follow(page.get_by_role("button", name="Continue"))
    page.get_by_label(person.name).check()
    follow(page.get_by_role("button", name="Sign in"))


def sit_down(page: Page, system: Running, agency: str, which: int = 0) -> None:
    """Be somebody who is signed in: as before, where their session lasts, else by signing in."""
    who = (system.url, agency, which)
    page.context.add_cookies(_sessions.get(who, []))
    page.goto("/")
    if urlsplit(page.url).path == SIGN_IN:
        sign_in(page, system, agency, which)
        _sessions[who] = cast(list[SetCookieParam], page.context.cookies())


def follow(leads_on: Locator) -> None:
    """Press a link or button, and wait for the page it leads to: the press alone waits for nothing."""
    with leads_on.page.expect_navigation():
        leads_on.click()


def take(system: Running, *events: dict[str, Any], by: str = HUB) -> None:
    """Publish events of an agency, and wait until all of them were decided, projected and planned."""
    api = System(system.url, system.data)
    assert publish(api, [(by, event) for event in events]).complete
    settle(api)


def tell(system: Running) -> Told:
    """Publish a high risk VPA with two children at one school, and wait until everybody was told."""
    reference = f"BR-{next(_numbers)}-{datetime.now(UTC):%H%M%S%f}"
    events = [_event(system, each, reference) for each in ("VpaRaised", "VpaReviewed")]
    take(system, *events)
    aliases = {name: _alias(system, name, reference) for name in (HUB, DAFSU)}
    aliases[SCHOOL] = _alias(system, SCHOOL, reference, "VpaRaised")
    return Told(reference=reference, aliases=aliases, message=_message(system, aliases[SCHOOL])["id"])


def raise_vpa(system: Running) -> Told:
    """Publish a VPA of high risk that the Hub has not reviewed."""
    reference = f"BR-{next(_numbers)}-{datetime.now(UTC):%H%M%S%f}"
    event = _event(system, "VpaRaised", reference)
    event["facts"]["risk"] = "high"
    take(system, event)
    return Told(reference=reference, aliases={HUB: _alias(system, HUB, reference, "VpaRaised")}, message="")


def review_again(system: Running, told: Told, risk: str) -> None:
    """Publish another review of an incident by the Hub, with another risk."""
    event = _event(system, "VpaReviewed", told.reference)
    event["id"] += f"-{risk}"
    event["facts"]["risk"] = risk
    take(system, event)


def list_children(system: Running) -> None:
    """Publish a VPA about a child educated at home and one in whose school a parent works."""
    reference = f"BR-{next(_numbers)}-{datetime.now(UTC):%H%M%S%f}"
    event = _event(system, "VpaRaised", reference)
    first, second = event["children"]
    at_home = {**first, "school_urn": None, "home_educated": True}
    event["children"] = [at_home, {**second, "school_conflict": "yes"}]
    take(system, event)


def refer_to_checs(system: Running) -> None:
    """Publish a referral that came to ChECS: an incident of which children's services hold something."""
    reference = f"BR-{next(_numbers)}-{datetime.now(UTC):%H%M%S%f}"
    take(system, _example(system, "referrals/ReferralReceived", reference), by=CHECS)


def owe_call(system: Running) -> None:
    """Publish a VPA so late that a school can no longer read of it before its bell: it is to be phoned."""
    reference = f"BR-{next(_numbers)}-{datetime.now(UTC):%H%M%S%f}"
    event = _event(system, "VpaRaised", reference)
    event["occurred_at"] = (_now(system) - timedelta(days=5)).isoformat()
    take(system, event)


def state_of(system: Running, told: Told) -> str:
    """Return how far the school's message has come, as notify says."""
    return str(_message(system, told.aliases[SCHOOL])["state"])


def answers_of(system: Running, told: Told) -> list[str]:
    """Return what DAFSU said came of what it was told of the incident."""
    api = System(system.url, system.data)
    found = api.get(f"/v1/incidents/{told.aliases[DAFSU]}", agency=DAFSU).good()["answers"]
    return [str(one["outcome"]) for one in found]


def types_of(system: Running, told: Told) -> list[str]:
    """Return the types of everything DAFSU holds of the incident."""
    api = System(system.url, system.data)
    found = api.get(f"/v1/incidents/{told.aliases[DAFSU]}", agency=DAFSU).good()["releases"]
    return [str(one["event_type"]) for one in found]


def releases_to(system: Running, agency: str) -> list[dict[str, Any]]:
    """Return what an agency received last, the newest first."""
    api = System(system.url, system.data)
    found = api.get("/v1/inbox", {"order": "newest", "limit": "100"}, agency=agency).good()["releases"]
    return [dict(row) for row in found]


def problems_of(page: Page) -> list[str]:
    """Return what axe finds wrong with a page under WCAG 2.2 AA."""
    asked = {"runOnly": STANDARDS, "resultTypes": ["violations"]}
    found = Axe().run(page, options=asked).response["violations"]
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]


def is_within(page: Page, width: int) -> bool:
    """Say whether nothing of a page has to be scrolled to sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth")) <= width


@dataclass(slots=True)
class Traffic:
    """What a window asked for: where, and what came back."""

    responses: list[Response]

    @classmethod
    def of(cls, page: Page) -> "Traffic":
        """Watch a window from now on."""
        traffic = cls([])
        page.on("response", lambda response: traffic.responses.append(response))
        return traffic

    def addresses(self) -> list[str]:
        """Return every address asked for."""
        return [response.url for response in self.responses]

    def pages(self) -> list[Mapping[str, str]]:
        """Return the headers of every page among what came."""
        found = [response.headers for response in self.responses]
        return [headers for headers in found if "text/html" in headers.get("content-type", "")]


def _now(system: Running) -> datetime:
    """Return the time as it is in a system: its own where it is simulated."""
    path = clock_path(system.data)
    return SharedClock(path).now() if path.exists() else datetime.now(UTC)


def _example(system: Running, kind: str, reference: str) -> dict[str, Any]:
    """Return an example, by its family and type, as of an hour ago and of an incident by its reference."""
    event: dict[str, Any] = json.loads((SCHEMAS / f"{kind}.example.json").read_text("utf-8"))
    happened = _now(system) - timedelta(hours=1)
    return event | {
        "id": f"{reference}-{event['type']}",
        "incident": reference,
        "occurred_at": happened.isoformat(),
    }


def _event(system: Running, event_type: str, reference: str) -> dict[str, Any]:
    event = _example(system, f"incidents/{event_type}", reference)
    event["facts"] |= {"risk": "high" if event_type == "VpaReviewed" else "standard"}
    return event


def _alias(system: Running, recipient: str, reference: str, event_type: str = "VpaReviewed") -> str:
    """Return what a recipient calls an incident, from its release of an event of it."""
    api = System(system.url, system.data)
    event_id = api.get(f"/v1/events/{reference}-{event_type}/explanation").good()["event_id"]
    rows = api.get("/v1/inbox", {"order": "newest", "limit": "1000"}, agency=recipient).good()["releases"]
    return next(str(row["incident"]) for row in rows if row["event_id"] == event_id)


def _message(system: Running, alias: str) -> dict[str, Any]:
    api = System(system.url, system.data)
    found = api.get("/v1/schools/notifications", agency=SCHOOL).good()["notifications"]
    return next(one for one in found if one["incident"] == alias)
