"""What the tour shows: a picture of every page there is a way to, or the reason why there is none.

The ways are those the browser's tests go, so that no page comes to be without standing here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Page

from services.consent.pages.lists import KINDS
from tests.browser import test_console_pages, test_console_policy_pages, test_operations_page
from tests.browser_builders import HUB, Told, follow, sign_in
from tests.browser_visits import Reach
from tests.pulse_builders import raised
from tests.system import Running, eventually

SITE: Final = " – Sightline"
ERROR: Final = "Error: "
NOT_WORDS: Final = re.compile("[^a-z0-9]+")


def pulse(page: Page, system: Running, told: Told) -> None:
    """Go to the pulse, which has tests of its own, once there is something to see: a chart and its table."""
    eventually(lambda: raised(system), PATIENCE_SECONDS)
    sign_in(page, system, HUB)
    follow(page.get_by_role("link", name="Pulse"))


PATIENCE_SECONDS: Final = 60.0
OF_THE_HUB: Final = f"Incident, as the Hub sees it{SITE}"
PAGES: Final[Mapping[str, Reach]] = {
    OF_THE_HUB: test_console_pages.hub_incident,
    **test_console_pages.PAGES,
    **test_console_policy_pages.PAGES,
    **{title: reach for reach, title in test_operations_page.TITLES.items()},
    f"Pulse{SITE}": pulse,
}
"""Every page by its title, with the way there; an incident twice, since it says more to the Hub."""

SHOWN_ERROR: Final = f"{ERROR}Record a referral{SITE}"
"""The one form that is shown as it comes back unfinished."""

SAME_FORM: Final = "the same form with what is missing above it, as Record a referral shows"
TROUBLE: Final = "This is not available just now"
NO_WAY_TO: Final = frozenset({f"{TROUBLE}{SITE}"})
"""Pages that no way leads to while all is well."""

NOT_SHOWN: Final[Mapping[str, str]] = {
    **{title: SAME_FORM for title in PAGES if title.startswith(ERROR) and title != SHOWN_ERROR},
    f"Asked for what is about themselves{SITE}": "nobody in the demo asked for what is about themselves",
    f"Could not be decided{SITE}": "everything in the demo can be decided",
    f"Danger held back{SITE}": "everybody in the demo takes part",
    f"Corrected and taken back{SITE}": "a list like the others, with who had been sent each",
    f"Read it again?{SITE}": "nothing in the demo was set aside: every record can be read",
    f"{TROUBLE}{SITE}": "it stands in a page's place while a service is away or a form was open too long",
}
"""Pages without a picture, and why."""

TITLED_BY: Final[Mapping[str, frozenset[str]]] = {
    "ledger.html": frozenset(kind.title for kind in KINDS.values()),
    "told.html": frozenset({"Who was told of this person"}),
    "catalogue-event.html": frozenset({"Consultation given"}),
    "say.html": frozenset({"Record consent", "Record a referral"}),
    "trouble.html": frozenset({TROUBLE}),
}
"""Templates that are titled by what they show, and every title they have; of events one stands for all."""

YET_TO_BE_TAKEN: Final[frozenset[str]] = frozenset()
"""New pages whose pictures the next `make tour` makes; then nothing stands here."""


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
