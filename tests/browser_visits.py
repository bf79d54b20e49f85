"""Go to a page once, as a person would, and remember what was seen of it: wide, and as wide as a phone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page

from tests.browser_builders import LOOKED_AT, NARROW, WIDE, Told, Traffic, is_within, problems_of, window
from tests.system import Running

Reach = Callable[[Page, Running, Told], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a way to a page showed: the page at its end, and everything loaded on the way."""

    title: str
    html: str
    problems: Mapping[int, list[str]]
    """What axe found, at each width it looked at."""
    fits_a_phone: bool
    addresses: list[str]
    pages: list[Mapping[str, str]]
    """The headers of every page on the way."""
    complaints: list[str]
    """What the browser said against any of it: a script or style that the policy keeps out, say."""


@dataclass(frozen=True, slots=True)
class Visits:
    """Pages of a running system, each gone to once."""

    browser: Browser
    system: Running
    told: Told
    _seen: dict[Reach, Visit] = field(default_factory=dict)

    def to(self, reach: Reach) -> Visit:
        """Return what was seen of a page."""
        if reach not in self._seen:
            self._seen[reach] = self._go(reach)
        return self._seen[reach]

    def _go(self, reach: Reach) -> Visit:
        with window(self.browser, self.system, width=WIDE) as page:
            traffic, complaints = Traffic.of(page), list[str]()
            page.on("console", lambda said: complaints.append(said.text))
            reach(page, self.system, self.told)
            title, html, problems = page.title(), page.content(), {}
            for width in (WIDE, NARROW):
                page.set_viewport_size({"width": width, "height": 800})
                if width in LOOKED_AT:
                    problems[width] = problems_of(page)
            return Visit(
                title=title,
                html=html,
                problems=problems,
                fits_a_phone=is_within(page, NARROW),
                addresses=traffic.addresses(),
                pages=traffic.pages(),
                complaints=complaints,
            )
