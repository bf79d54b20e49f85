"""Go to a page once, as a person would, and remember what was seen of it: wide, as wide as a phone, at twice
its size.

A window of 1,280 pixels at 200% is one of 640 (WCAG 1.4.10). Text alone at 200% is a root of twice the size,
in a window as wide as before (WCAG 1.4.4).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from playwright.sync_api import Browser, Page

from tests.browser_builders import LOOKED_AT, NARROW, WIDE, Told, Traffic, is_within, problems_of, window
from tests.system import Running

SCHEME = "encompass"
"""The scheme whose name alone says why somebody was told: a word of no address, cookie or line of a log."""

LEADS_TO = """
found => found.flatMap(one => ["href", "src", "action", "formaction"].map(name => one.getAttribute(name)))
  .filter(text => text)
"""
HALF = 640

OUT_OF_SIGHT = """
() => {
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (words.nextNode()) {
    const apart = words.currentNode.parentElement.closest(
      ".govuk-visually-hidden, .govuk-skip-link, .sightline-wide, script, template, select");
    const range = document.createRange();
    range.selectNodeContents(words.currentNode);
    const beyond = [...range.getClientRects()].some(
      one => one.left < -1 || one.right > document.documentElement.clientWidth + 1);
    if (!apart && beyond) found.push(words.currentNode.textContent.trim());
  }
  return found;
}
"""
"""Words that stand beyond the window's edge; wide tables scroll by themselves."""

TWICE = "document.documentElement.style.fontSize = '200%'"
SIDEWAYS = "the page itself: it is scrolled to sideways"

Reach = Callable[[Page, Running, Told], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a way to a page showed: the page at its end, and everything loaded on the way."""

    title: str
    html: str
    problems: Mapping[int, list[str]]
    """What axe found, at each width it looked at."""
    fits_a_phone: bool
    lost_at_twice: list[str]
    """What stands out of sight with the page at twice its size, and with its text alone."""
    addresses: list[str]
    links: list[str]
    """Where the page at its end leads or sends to, followed or not."""
    cookies: list[str]
    """Name and value of all that the browser was given to keep."""
    pages: list[Mapping[str, str]]
    """The headers of every page on the way."""
    complaints: list[str]
    """What the browser said against any of it: a script or style that the policy keeps out, say."""

    def told_of(self, *words: str) -> list[str]:
        """Return what names one of these words outside the page itself, in capitals or not."""
        outside = (self.title, *self.addresses, *self.links, *self.cookies)
        return [text for text in outside for word in words if word.lower() in unquote_plus(text).lower()]


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
            fits_a_phone = is_within(page, NARROW)
            return Visit(
                title=title,
                html=html,
                problems=problems,
                fits_a_phone=fits_a_phone,
                lost_at_twice=[*_lost(page, HALF), *_lost_of_text(page)],
                addresses=traffic.addresses(),
                links=page.eval_on_selector_all("[href], [src], [action], [formaction]", LEADS_TO),
                cookies=[f"{one['name']}={one['value']}" for one in page.context.cookies()],
                pages=traffic.pages(),
                complaints=complaints,
            )


def _lost_of_text(page: Page) -> list[str]:
    page.evaluate(TWICE)
    return _lost(page, WIDE)


def _lost(page: Page, width: int) -> list[str]:
    """Return the words that stand beyond a window's edge."""
    page.set_viewport_size({"width": width, "height": 800})
    return [*page.evaluate(OUT_OF_SIGHT), *([] if is_within(page, width) else [SIDEWAYS])]
