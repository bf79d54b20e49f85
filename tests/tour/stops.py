"""What the tour shows: a picture of every page there is a way to, or the reason why there is none.

The ways are those the browser's tests go, so that no page comes to be without standing here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Page

from tests.browser import test_console_pages, test_console_policy_pages
from tests.browser_builders import HUB, Told, follow, sign_in
from tests.browser_visits import Reach
from tests.system import Running

SITE: Final = " – Sightline"
ERROR: Final = "Error: "
NOT_WORDS: Final = re.compile("[^a-z0-9]+")


def pulse(page: Page, system: Running, told: Told) -> None:
    """Go to the pulse, which has tests of its own."""
    sign_in(page, system, HUB)
    follow(page.get_by_role("link", name="Pulse"))


OF_THE_HUB: Final = f"Incident, as the Hub sees it{SITE}"
PAGES: Final[Mapping[str, Reach]] = {
    OF_THE_HUB: test_console_pages.hub_incident,
    **test_console_pages.PAGES,
    **test_console_policy_pages.PAGES,
    f"Pulse{SITE}": pulse,
}
"""Every page by its title, with the way there; an incident twice, since it says more to the Hub."""

SHOWN_ERROR: Final = f"{ERROR}Record a referral{SITE}"
"""The one form that is shown as it comes back unfinished."""

SAME_FORM: Final = "the same form with what is missing above it, as Record a referral shows"
NOT_SHOWN: Final[Mapping[str, str]] = {
    **{title: SAME_FORM for title in PAGES if title.startswith(ERROR) and title != SHOWN_ERROR},
    f"Asked for what is about themselves{SITE}": "nobody in the demo asked for what is about themselves",
    f"Could not be decided{SITE}": "everything in the demo can be decided",
    f"Danger held back{SITE}": "everybody in the demo takes part",
}
"""Pages without a picture, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One page of the tour: what it is called, the way there, and the picture's file."""

    title: str
    reach: Reach

    @property
    def file(self) -> str:
        """Return the name of the picture."""
        return NOT_WORDS.sub("-", self.title.lower()).strip("-") + ".png"


STOPS: Final = tuple(
    Stop(title=title.removesuffix(SITE), reach=reach)
    for title, reach in PAGES.items()
    if title not in NOT_SHOWN
)
