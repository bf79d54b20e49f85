"""Every page, signed in and with data, in Chromium: for a screen reader, at 320 pixels, from one host."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser_builders import (
    DAFSU,
    HUB,
    NAMES,
    NARROW,
    SCHOOL,
    WIDE,
    Told,
    Traffic,
    is_within,
    problems_of,
    sign_in,
    window,
)
from tests.system import Running

Reach = Callable[[Page, Running, Told], object]


def sign_in_page(page: Page, system: Running, told: Told) -> None:
    page.goto("/sign-in")


def person_page(page: Page, system: Running, told: Told) -> None:
    page.goto("/sign-in")
    page.get_by_label("Agency or school").select_option(DAFSU)
    page.get_by_role("button", name="Continue").click()


def nobody_chosen(page: Page, system: Running, told: Told) -> None:
    page.goto("/sign-in")
    page.get_by_role("button", name="Continue").click()


def inbox(page: Page, system: Running, told: Told) -> None:
    sign_in(page, system, DAFSU)


def empty_inbox(page: Page, system: Running, told: Told) -> None:
    sign_in(page, system, "fire")


def incident(page: Page, system: Running, told: Told) -> None:
    sign_in(page, system, DAFSU)
    page.goto(f"/incidents/{told.aliases[DAFSU]}")


def hub_incident(page: Page, system: Running, told: Told) -> None:
    sign_in(page, system, HUB)
    page.goto(f"/incidents/{told.aliases[HUB]}")


def asking(page: Page, system: Running, told: Told) -> None:
    incident(page, system, told)
    page.get_by_role("link", name="Open VPA reviewed").first.click()


def asked_nothing(page: Page, system: Running, told: Told) -> None:
    asking(page, system, told)
    page.get_by_role("button", name="Open and record it").click()


def opened(page: Page, system: Running, told: Told) -> None:
    asking(page, system, told)
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_label("Purpose").fill("Safety planning call")
    page.get_by_role("button", name="Open and record it").click()


def school(page: Page, system: Running, told: Told) -> None:
    sign_in(page, system, SCHOOL)


def message(page: Page, system: Running, told: Told) -> None:
    school(page, system, told)
    page.goto(f"/school/{told.message}")


def children(page: Page, system: Running, told: Told) -> None:
    message(page, system, told)
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Show who it is about").click()


def nothing_here(page: Page, system: Running, told: Told) -> None:
    sign_in(page, system, DAFSU)
    page.goto("/incidents/nothing-like-it")


PAGES: dict[str, Reach] = {
    "Sign in – Sightline": sign_in_page,
    "Error: Sign in – Sightline": nobody_chosen,
    "Who are you? – Sightline": person_page,
    "Inbox – Sightline": inbox,
    "Incident – Sightline": incident,
    "Why do you need to see it? – Sightline": asking,
    "Error: Why do you need to see it? – Sightline": asked_nothing,
    "Opened – Sightline": opened,
    "Your messages – Sightline": school,
    "Message – Sightline": message,
    "Who it is about – Sightline": children,
    "There is nothing here – Sightline": nothing_here,
}
MORE_PAGES: tuple[Reach, ...] = (empty_inbox, hub_incident)


@pytest.fixture(params=[WIDE, NARROW])
def page(request: pytest.FixtureRequest, browser: Browser, system: Running) -> Iterator[Page]:
    with window(browser, system, width=request.param) as opened_window:
        yield opened_window


@pytest.mark.parametrize("reach", [*PAGES.values(), *MORE_PAGES], ids=lambda reach: reach.__name__)
def test_nothing_stands_in_the_way_of_anybody(page: Page, system: Running, told: Told, reach: Reach) -> None:
    reach(page, system, told)

    assert problems_of(page) == []
    assert page.viewport_size is not None
    assert is_within(page, page.viewport_size["width"])


@pytest.mark.parametrize(("title", "reach"), PAGES.items(), ids=lambda one: getattr(one, "__name__", ""))
def test_titles_and_addresses_name_nobody(
    browser: Browser, system: Running, told: Told, title: str, reach: Reach
) -> None:
    with window(browser, system) as page:
        traffic = Traffic.of(page)
        reach(page, system, told)

        assert page.title() == title
        assert not [name for name in (*NAMES, told.reference) for url in traffic.addresses() if name in url]


@pytest.mark.parametrize("reach", PAGES.values(), ids=lambda reach: reach.__name__)
def test_pages_come_from_one_host_and_none_is_kept(
    browser: Browser, system: Running, told: Told, reach: Reach
) -> None:
    with window(browser, system) as page:
        traffic = Traffic.of(page)
        reach(page, system, told)

        assert {url for url in traffic.addresses() if not url.startswith(system.url)} == set()
        pages = [one for one in traffic.responses if "text/html" in one.headers.get("content-type", "")]
        assert {one.headers["cache-control"] for one in pages} == {"no-store"}
        assert not [one.url for one in pages if "unsafe-inline" in one.headers["content-security-policy"]]


def test_scripts_run_under_the_policy_without_a_complaint(
    browser: Browser, system: Running, told: Told
) -> None:
    with window(browser, system) as page:
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))

        incident(page, system, told)

        assert page.locator("body.govuk-frontend-supported").count() == 1
        assert complaints == []
