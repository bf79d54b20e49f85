"""The forms people fill, by the keyboard alone, with scripts and without."""

import pytest
from playwright.sync_api import Browser, Page, expect

from services.cli.client import System
from tests.browser.test_console_journey import choose, press, tab_to
from tests.browser_builders import (
    DAFSU,
    EDUCATION,
    HUB,
    NARROW,
    Told,
    answers_of,
    owe_call,
    raise_vpa,
    sign_in,
    types_of,
    window,
)
from tests.system import Running, eventually

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
SERGEANT = 1
MOST_IN_A_GROUP = 12

WRITTEN_AFTER = """
links => links.map(each => getComputedStyle(each, "::after").content).filter(text => text !== "none")
"""
"""What is printed after links."""


@SCRIPTS
def test_a_review_goes_by_keyboard(browser: Browser, system: Running, scripts: bool) -> None:
    raised = raise_vpa(system)
    with window(browser, system, scripts=scripts) as page:
        sign_in(page, system, HUB, SERGEANT)
        page.goto(f"/incidents/{raised.aliases[HUB]}")

        enter(page, "link", "Review VPA raised")
        press(page, "Open and review")
        mark(page, "Medium")
        tab_to(page, "textbox", "Rationale")
        page.keyboard.type("No threat with a weapon is on record")
        press(page, "Record the review")

        expect(page).to_have_title("Recorded – Sightline")


@SCRIPTS
def test_a_decision_not_to_share_goes_by_keyboard(
    browser: Browser, system: Running, untouched: Told, scripts: bool
) -> None:
    confirms = System(system.url, system.data).partnership.people_of(HUB)[0].name
    with window(browser, system, scripts=scripts) as page:
        sign_in(page, system, HUB, SERGEANT)
        page.goto(f"/incidents/{untouched.aliases[HUB]}/not-to-share")

        choose(page, "Do not share with", "Domestic Abuse Family")
        tab_to(page, "textbox", "Rationale")
        page.keyboard.type("A relative works on that team")
        choose(page, "Confirmed by", confirms)
        press(page, "Record the decision")

        expect(page).to_have_title("Recorded – Sightline")


@SCRIPTS
def test_the_inbox_is_narrowed_and_widened_by_keyboard(
    browser: Browser, system: Running, told: Told, scripts: bool
) -> None:
    with window(browser, system, scripts=scripts) as page:
        sign_in(page, system, DAFSU)

        tab_to(page, "checkbox", "Something is expected of us")
        page.keyboard.press("Space")
        choose(page, "What happened", "VPA reviewed")
        press(page, "Apply filters")
        narrowed = page.locator(".moj-filter__tag").count()
        enter(page, "link", "Remove this filter: VPA reviewed")

        assert narrowed == 2
        expect(page.get_by_label("Something is expected of us")).to_be_checked()
        expect(page.locator(".moj-filter__tag")).to_have_count(1)


@SCRIPTS
def test_what_is_expected_is_answered_by_keyboard(
    browser: Browser, system: Running, untouched: Told, scripts: bool
) -> None:
    with window(browser, system, scripts=scripts) as page:
        sign_in(page, system, DAFSU)
        page.goto(f"/incidents/{untouched.aliases[DAFSU]}")

        enter(page, "link", "It was not possible")
        mark(page, "It was not possible")
        mark(page, "There was no safe way to reach the person")
        press(page, "Say so")

        expect(page.get_by_text("Nothing is expected of you now.")).to_be_visible()
        eventually(lambda: answers_of(system, untouched) == ["not_possible"])


@SCRIPTS
def test_a_consent_goes_by_keyboard(
    browser: Browser, system: Running, untouched: Told, scripts: bool
) -> None:
    with window(browser, system, scripts=scripts) as page:
        sign_in(page, system, DAFSU)
        page.goto(f"/incidents/{untouched.aliases[DAFSU]}")

        enter(page, "link", "Record consent")
        choose(page, "Which agency is it about?", "Cheshire Cares")
        mark(page, "They consent")
        mark(page, "By phone")
        mark(page, "Support for them and their children")
        press(page, "Say so")

        eventually(lambda: "ConsentRecorded" in types_of(system, untouched))


@SCRIPTS
def test_a_referral_goes_by_keyboard(
    browser: Browser, system: Running, untouched: Told, scripts: bool
) -> None:
    with window(browser, system, scripts=scripts) as page:
        sign_in(page, system, DAFSU)
        page.goto(f"/incidents/{untouched.aliases[DAFSU]}")

        enter(page, "link", "Record a referral")
        mark(page, "We refer on")
        choose(page, "If you refer on: to which agency?", "MyCWA")
        choose(page, "If you refer on: whose help is it?", "The person causing harm")
        mark(page, "Medium")
        mark(page, "No children")
        for number in range(3):
            mark(page, "Not known", number)
        tab_to(page, "textbox", "Who said what is safe?")
        page.keyboard.type("adult victim")
        press(page, "Say so")

        eventually(lambda: "ReferredOn" in types_of(system, untouched))


@SCRIPTS
def test_a_referral_of_somebody_new_goes_by_keyboard(
    browser: Browser, system: Running, told: Told, scripts: bool
) -> None:
    with window(browser, system, scripts=scripts, width=NARROW) as page:
        sign_in(page, system, DAFSU)

        enter(page, "link", "Refer somebody new")
        mark(page, "The adult victim themselves")
        tab_to(page, "textbox", "First name of the adult victim")
        page.keyboard.type("Ottolinde")
        mark(page, "Yes")
        tab_to(page, "textbox", "Who said what is safe?")
        page.keyboard.type("adult victim")
        mark(page, "High")
        choose(page, "Cheshire East Domestic Abuse Hub", "Hand it on: they consent")
        mark(page, "By phone")
        mark(page, "Not established")
        press(page, "Send the referral")

        expect(page).to_have_title("Referral kept – Sightline")
        expect(page.get_by_text("Handed on to Cheshire East Domestic Abuse Hub")).to_be_visible()


@SCRIPTS
def test_what_came_of_a_call_goes_by_keyboard(browser: Browser, system: Running, scripts: bool) -> None:
    owe_call(system)
    with window(browser, system, scripts=scripts) as page:
        sign_in(page, system, EDUCATION)
        page.goto("/calls")
        owed = page.get_by_role("link", name="Say what came of the call")
        before = owed.count()

        enter(page, "link", "Say what came of the call")
        mark(page, "I told somebody who may be told")
        mark(page, "The deputy safeguarding lead")
        press(page, "Record it")

        expect(owed).to_have_count(before - 1)


def test_a_call_list_prints_a_school_and_its_number_and_nothing_to_press(
    browser: Browser, system: Running, told: Told
) -> None:
    with window(browser, system) as page:
        sign_in(page, system, EDUCATION)
        page.goto("/calls")

        page.emulate_media(media="print")

        call = page.locator("article").first
        expect(call.get_by_role("heading")).to_be_visible()
        expect(call.get_by_role("link", name="Say what came of the call")).to_be_hidden()
        expect(page.get_by_role("navigation")).to_have_count(0)
        assert page.locator("a.govuk-link").evaluate_all(WRITTEN_AFTER) == []
        assert call.evaluate("each => getComputedStyle(each).breakInside") == "avoid"


def enter(page: Page, role: str, name: str) -> None:
    """Go to a link with the keyboard and follow it."""
    tab_to(page, role, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def mark(page: Page, label: str, which: int = 0) -> None:
    """Choose one of a group of radios with Tab, Space and the arrows."""
    wanted = page.get_by_label(label, exact=True).nth(which)
    group = wanted.get_attribute("name")
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == group:
            break
    page.keyboard.press("Space")
    for _ in range(MOST_IN_A_GROUP):
        if wanted.is_checked():
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"the keyboard never comes to {label}")
