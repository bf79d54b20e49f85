"""Policies, the ledger and an event's answers, with data, in Chromium: for a screen reader, at 320 pixels, by
keyboard, and without scripts.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from services.cli.client import System
from services.eventlog.catalogue_files import SCHEMAS
from services.vocabulary.agencies import OFFICE
from tests.browser_builders import (
    DAFSU,
    HUB,
    LOOKED_AT,
    NAMES,
    NARROW,
    Told,
    follow,
    sit_down,
    take,
    window,
)
from tests.browser_visits import SCHEME, Reach, Visits
from tests.system import Running, eventually

_numbers = count(1)
SECOND = 1
"""The practitioner of an agency, where the first is its lead."""


def an_event(family: str, event_type: str, reference: str, **facts: object) -> dict[str, Any]:
    """Return the example of a type, about an incident of its own and nobody's consent."""
    text = (SCHEMAS / family / f"{event_type}.example.json").read_text("utf-8")
    event: dict[str, Any] = json.loads(text)
    happened = datetime.now(UTC) - timedelta(hours=1)
    event |= {"id": f"{reference}-{event_type}", "incident": reference, "occurred_at": happened.isoformat()}
    event["facts"] |= facts
    if "consent" in event:
        event["consent"] = {}
    return event


def rows(system: Running, path: str, agency: str = HUB) -> list[Mapping[str, Any]]:
    """Return the rows of a list as the API tells them."""
    return list(System(system.url, system.data).get(path, agency=agency).good()["rows"])


@pytest.fixture(scope="module")
def listed(system: Running, told: Told) -> Told:
    """At least one row in every list but that of parties, and more than a page of what went nowhere."""
    begun = f"LG-{next(_numbers)}-{datetime.now(UTC):%H%M%S%f}"
    forms = [
        an_event("incidents", "VpaReviewed", f"{begun}-{each}", risk="standard", children=children)
        for each, children in enumerate(["below_threshold", *["none"] * 22])
    ]
    withheld = an_event("incidents", "VpaReviewed", f"{begun}-m", risk="medium", children="early_help")
    override = an_event("sharing", "OverrideRecorded", f"{begun}-m", recipient="family-help")
    take(system, *forms, withheld, override)
    system.cli("inbox", "--as", DAFSU, "--open", "--purpose", "Safety planning call")
    eventually(lambda: bool(rows(system, "/v1/ledger/openings")))
    return told


def policies(page: Page, system: Running, told: Told) -> None:
    sit_down(page, system, HUB)
    page.goto("/policy")


def policy(page: Page, system: Running, told: Told) -> None:
    policies(page, system, told)
    follow(page.get_by_role("link", name="strict, version").first)


def unlawful(page: Page, system: Running, told: Told) -> None:
    policies(page, system, told)
    follow(page.get_by_role("link", name="practised, as shipped").first)


def policy_of_everybody(page: Page, system: Running, told: Told) -> None:
    sit_down(page, system, DAFSU, SECOND)
    follow(page.get_by_role("link", name="Policy"))


def catalogue(page: Page, system: Running, told: Told) -> None:
    sit_down(page, system, DAFSU, SECOND)
    follow(page.get_by_role("link", name="Events"))


def in_catalogue(page: Page, system: Running, told: Told) -> None:
    catalogue(page, system, told)
    follow(page.get_by_role("link", name="Consultation given"))


def form_in_catalogue(page: Page, system: Running, told: Told) -> None:
    """Its example names somebody, though nobody real."""
    catalogue(page, system, told)
    follow(page.get_by_role("link", name="VPA reviewed"))


def interface(page: Page, system: Running, told: Told) -> None:
    catalogue(page, system, told)
    follow(page.get_by_role("link", name="the interface"))


def compare(page: Page, system: Running, told: Told) -> None:
    policies(page, system, told)
    follow(page.get_by_role("link", name="Compare two policies"))


def compared(page: Page, system: Running, told: Told) -> None:
    compare(page, system, told)
    page.get_by_label("From").select_option("practised")
    page.get_by_label("To", exact=True).select_option("strict")
    follow(page.get_by_role("button", name="Compare"))


def compared_nothing(page: Page, system: Running, told: Told) -> None:
    sit_down(page, system, HUB)
    page.goto("/policy/diff?before=strict&after=abcdefabcdef")


def ledgers(page: Page, system: Running, told: Told) -> None:
    sit_down(page, system, HUB)
    follow(page.get_by_role("link", name="Ledger"))


def not_shared(page: Page, system: Running, told: Told) -> None:
    ledgers(page, system, told)
    follow(page.get_by_role("link", name="Shared with nobody"))


def not_shared_below(page: Page, system: Running, told: Told) -> None:
    not_shared(page, system, told)
    follow(page.get_by_role("link", name="With children below the early help threshold"))


def withheld(page: Page, system: Running, told: Told) -> None:
    ledgers(page, system, told)
    follow(page.get_by_role("link", name="Owed but withheld"))


def overridden(page: Page, system: Running, told: Told) -> None:
    ledgers(page, system, told)
    follow(page.get_by_role("link", name="Overridden"))


def own_word(page: Page, system: Running, told: Told) -> None:
    ledgers(page, system, told)
    follow(page.get_by_role("link", name="Said for themselves"))


def sample(page: Page, system: Running, told: Told) -> None:
    overridden(page, system, told)
    page.get_by_label("How many to draw").fill("5")
    follow(page.get_by_role("button", name="Draw a sample"))


def no_sample(page: Page, system: Running, told: Told) -> None:
    overridden(page, system, told)
    page.get_by_label("How many to draw").fill("none")
    follow(page.get_by_role("button", name="Draw a sample"))


def openings(page: Page, system: Running, told: Told) -> None:
    ledgers(page, system, told)
    follow(page.get_by_role("link", name="Opened by whom"))


def parties(page: Page, system: Running, told: Told) -> None:
    ledgers(page, system, told)
    follow(page.get_by_role("link", name="Asked for what is about themselves"))


def roles(page: Page, system: Running, told: Told) -> None:
    ledgers(page, system, told)
    follow(page.get_by_role("link", name="Roles turned round"))


def held_back(page: Page, system: Running, told: Told) -> None:
    ledgers(page, system, told)
    follow(page.get_by_role("link", name="Danger held back"))


def put_right(page: Page, system: Running, told: Told) -> None:
    ledgers(page, system, told)
    follow(page.get_by_role("link", name="Corrected and taken back"))


def undecided(page: Page, system: Running, told: Told) -> None:
    ledgers(page, system, told)
    follow(page.get_by_role("link", name="Could not be decided"))


def waiting(page: Page, system: Running, told: Told) -> None:
    ledgers(page, system, told)
    follow(page.get_by_role("link", name="Waiting for the Hub's review"))


def unanswered(page: Page, system: Running, told: Told) -> None:
    ledgers(page, system, told)
    follow(page.get_by_role("link", name="Expected, and not answered"))


def erasures(page: Page, system: Running, told: Told) -> None:
    sit_down(page, system, OFFICE)
    follow(page.get_by_role("link", name="Ledger"))
    follow(page.get_by_role("link", name="Erasures and legal holds"))


def wrong_days(page: Page, system: Running, told: Told) -> None:
    sit_down(page, system, HUB)
    page.goto("/ledger/withheld?from=2024-09-03&to=2024-09-02")


def ask_who_was_told(page: Page, system: Running, told: Told) -> None:
    ledgers(page, system, told)
    follow(page.get_by_role("link", name="Who was told of this person"))


def who_was_told(page: Page, system: Running, told: Told) -> None:
    sit_down(page, system, HUB)
    page.goto(f"/incidents/{told.aliases[HUB]}")
    follow(page.get_by_role("button", name="Who was told of the adult victim"))


def explanation(page: Page, system: Running, told: Told) -> None:
    sit_down(page, system, HUB)
    page.goto(f"/incidents/{told.aliases[HUB]}")
    follow(page.get_by_role("link", name="Who may see it, and why of VPA reviewed").first)


PAGES: dict[str, Reach] = {
    "Policies – Sightline": policies,
    "Policy – Sightline": policy,
    "Events – Sightline": catalogue,
    "Consultation given – Sightline": in_catalogue,
    "Interface – Sightline": interface,
    "Compare two policies – Sightline": compared,
    "Error: Compare two policies – Sightline": compared_nothing,
    "Ledger – Sightline": ledgers,
    "Shared with nobody – Sightline": not_shared,
    "Owed but withheld – Sightline": withheld,
    "Error: Owed but withheld – Sightline": wrong_days,
    "Overridden, or decided not to share – Sightline": overridden,
    "Said for themselves – Sightline": own_word,
    "A sample, drawn by lot – Sightline": sample,
    "Opened by whom – Sightline": openings,
    "Asked for what is about themselves – Sightline": parties,
    "Roles turned round – Sightline": roles,
    "Could not be decided – Sightline": undecided,
    "Danger held back – Sightline": held_back,
    "Corrected and taken back – Sightline": put_right,
    "Waiting for the Hub's review – Sightline": waiting,
    "Expected, and not answered – Sightline": unanswered,
    "Erasures and legal holds – Sightline": erasures,
    "Who was told of this person – Sightline": who_was_told,
    "Who may see it, and why – Sightline": explanation,
}
WITH_ROWS = (not_shared, not_shared_below, withheld, overridden, sample, openings, who_was_told)
WITH_TABLES = (policies, policy, in_catalogue, explanation, *WITH_ROWS)
EVERY_PAGE = [
    *PAGES.values(),
    unlawful,
    policy_of_everybody,
    compare,
    not_shared_below,
    no_sample,
    ask_who_was_told,
]
of_every_page = pytest.mark.parametrize("reach", EVERY_PAGE, ids=lambda reach: reach.__name__)
of_examples_too = pytest.mark.parametrize(
    "reach", [*EVERY_PAGE, form_in_catalogue], ids=lambda reach: reach.__name__
)


@pytest.fixture(scope="module")
def visits(browser: Browser, system: Running, listed: Told) -> Visits:
    """Go to each page once, and remember what was seen."""
    return Visits(browser, system, listed)


@of_examples_too
@pytest.mark.parametrize("width", LOOKED_AT)
def test_nothing_stands_in_the_way_of_anybody(visits: Visits, reach: Reach, width: int) -> None:
    assert visits.to(reach).problems[width] == []


@of_examples_too
def test_nothing_has_to_be_scrolled_to_sideways_on_a_phone(visits: Visits, reach: Reach) -> None:
    assert visits.to(reach).fits_a_phone


@of_examples_too
def test_nothing_is_lost_at_twice_its_size(visits: Visits, reach: Reach) -> None:
    assert visits.to(reach).lost_at_twice == []


@of_every_page
def test_no_page_and_no_address_names_anybody_and_none_is_kept(
    visits: Visits, listed: Told, reach: Reach
) -> None:
    seen = visits.to(reach)

    assert not [name for name in NAMES if name in seen.html]
    assert seen.told_of(*NAMES, listed.reference, SCHEME) == []
    assert {sent["cache-control"] for sent in seen.pages} == {"no-store"}


@pytest.mark.parametrize(("title", "reach"), PAGES.items(), ids=lambda one: getattr(one, "__name__", ""))
def test_each_page_says_what_it_is(visits: Visits, title: str, reach: Reach) -> None:
    assert visits.to(reach).title == title


@of_every_page
def test_every_page_is_there_without_scripts(
    browser: Browser, system: Running, listed: Told, reach: Reach
) -> None:
    with window(browser, system, scripts=False, width=NARROW) as page:
        reach(page, system, listed)

        assert page.locator("h1").count() == 1


@pytest.mark.parametrize("reach", WITH_TABLES, ids=lambda reach: reach.__name__)
def test_a_wide_table_is_a_region_of_its_own_that_the_keyboard_reaches(
    browser: Browser, system: Running, listed: Told, reach: Reach
) -> None:
    with window(browser, system, width=NARROW) as page:
        reach(page, system, listed)

        table = page.get_by_role("table").first
        region = page.get_by_role("region").filter(has=table).first
        expect(region).to_have_accessible_name(table.locator("caption").inner_text())
        assert table.get_by_role("row").count() > 1
        for _ in range(60):
            page.keyboard.press("Tab")
            if region.evaluate("element => element === document.activeElement"):
                break
        assert region.evaluate("element => element.matches(':focus-visible')")


def test_two_policies_are_chosen_and_compared_by_keyboard_alone(
    browser: Browser, system: Running, listed: Told
) -> None:
    with window(browser, system) as page:
        compare(page, system, listed)

        page.get_by_label("From").focus()
        page.keyboard.type("practised", delay=5)
        page.keyboard.press("Tab")
        page.keyboard.type("strict, as", delay=5)
        page.keyboard.press("Tab")
        with page.expect_navigation():
            page.keyboard.press("Enter")

        expect(page.get_by_role("heading", name="From practised")).to_be_visible()


def test_a_sample_is_drawn_again_by_keyboard_alone_from_the_seed_that_is_shown(
    browser: Browser, system: Running, listed: Told
) -> None:
    with window(browser, system) as page:
        sample(page, system, listed)
        seed, drawn = page.get_by_label("Seed").input_value(), page.get_by_role("table").inner_text()

        page.get_by_label("Seed").focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")

        assert seed
        assert page.get_by_label("Seed").input_value() == seed
        assert page.get_by_role("table").inner_text() == drawn
        assert seed not in page.url


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_list_is_narrowed_to_days_and_read_on(
    browser: Browser, system: Running, listed: Told, scripts: bool
) -> None:
    with window(browser, system, scripts=scripts) as page:
        not_shared(page, system, listed)
        page.get_by_label("Last day").fill(f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d}")
        follow(page.get_by_role("button", name="Show"))
        first = page.get_by_role("link", name="Why").count()

        follow(page.get_by_role("link", name="More"))

        assert first == 20
        assert page.get_by_role("link", name="Why").count() >= 2
        assert page.get_by_label("Last day").input_value()


def test_a_row_leads_to_the_incident_and_to_why_it_went_nowhere(
    browser: Browser, system: Running, listed: Told
) -> None:
    with window(browser, system) as page:
        withheld(page, system, listed)
        there = page.get_by_role("link", name="Incident of row 1").first.get_attribute("href")
        follow(page.get_by_role("link", name="Why of row 1").first)

        expect(page.get_by_text("it is owed the form").first).to_be_visible()
        follow(page.get_by_role("link", name="Incident"))
        assert page.url.endswith(str(there))


def test_an_answer_leads_to_the_policy_it_was_given_under(
    browser: Browser, system: Running, listed: Told
) -> None:
    with window(browser, system) as page:
        explanation(page, system, listed)

        row = page.get_by_role("row", name="Domestic Abuse Family Safety Unit")
        expect(row).to_contain_text("The reviewed risk is high")
        follow(row.get_by_role("link").last)

        expect(page.get_by_role("heading", name="Policy strict, version")).to_be_visible()


def test_what_is_not_a_practitioners_looks_like_what_is_not_there(
    browser: Browser, system: Running, listed: Told
) -> None:
    with window(browser, system) as page:
        sit_down(page, system, DAFSU, SECOND)
        expect(page.get_by_role("link", name="Ledger")).to_have_count(0)
        page.goto("/nothing-like-it")
        unknown = page.locator("main").inner_html()

        for path in ("/ledger", "/ledger/not-shared", "/ledger/told", "/policy/diff", "/policy/strict"):
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 404
            assert page.locator("main").inner_html() == unknown
