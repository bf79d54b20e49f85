"""Taking back what was published, and an override for one's own duty: in a real browser, at a real gate."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_console_hub_journey import SCRIPTS, SERGEANT, events_of
from tests.browser.test_console_journey import press, tab_to
from tests.browser_builders import (
    CEDAH,
    CHECS,
    DAFSU,
    HUB,
    NARROW,
    Told,
    follow,
    refer_to_checs,
    releases_to,
    sign_in,
    window,
)
from tests.system import Running

WARNING = "destroy every copy within 1 working day"


def open_retraction(page: Page, told: Told, of: str) -> None:
    page.goto(f"/incidents/{told.aliases[HUB]}")
    follow(page.get_by_role("link", name=re.compile(f"Take it back.*{of}")))


def recalled(system: Running, agency: str, alias: str) -> list[str]:
    """Return what an agency was asked to give back of an incident, by type."""
    rows = [row for row in releases_to(system, agency) if row["incident"] == alias]
    return [str(row["event_type"]) for row in rows if row["kind"] == "recalled"]


@SCRIPTS
def test_the_hub_takes_a_form_back_and_dafsu_is_asked_to_destroy_it(
    browser: Browser, system: Running, untouched: Told, scripts: bool
) -> None:
    with window(browser, system, scripts=scripts, width=NARROW) as page:
        sign_in(page, system, HUB, SERGEANT)
        open_retraction(page, untouched, "VPA reviewed")

        page.get_by_label("It is about the wrong person").check()
        page.get_by_label("From everybody who was told").check()
        page.get_by_label("Rationale").fill("Of another family of that name")
        follow(page.get_by_role("button", name="Take it back"))

        expect(page).to_have_title("Taken back – Sightline")
        expect(page.get_by_text("is told anew by the forms that are left")).to_be_visible()

    system.cli("settle")
    assert recalled(system, DAFSU, untouched.aliases[DAFSU]) == ["VpaReviewed"]
    with window(browser, system, scripts=scripts) as page:
        sign_in(page, system, DAFSU)
        page.goto(f"/incidents/{untouched.aliases[DAFSU]}")
        expect(page.get_by_text(re.compile(WARNING, re.IGNORECASE)).first).to_be_visible()
        expect(page.get_by_text("Taken back from everybody")).to_have_count(0)
    with window(browser, system, scripts=scripts) as page:
        sign_in(page, system, HUB, SERGEANT)
        page.goto(f"/incidents/{untouched.aliases[HUB]}")
        expect(page.get_by_text("Taken back from everybody")).to_be_visible()
        expect(page.get_by_role("link", name=re.compile("Take it back.*VPA reviewed"))).to_have_count(0)


def test_it_goes_by_keyboard_and_takes_back_from_whom_is_named_alone(
    browser: Browser, system: Running, untouched: Told
) -> None:
    with window(browser, system) as page:
        sign_in(page, system, HUB, SERGEANT)
        open_retraction(page, untouched, "VPA reviewed")

        tab_to(page, "radio", "It is about the wrong person")
        page.keyboard.press("ArrowDown")
        tab_to(page, "radio", "From everybody who was told")
        page.keyboard.press("ArrowDown")
        tab_to(page, "checkbox", "Cheshire Fire and Rescue")
        page.keyboard.press("Space")
        tab_to(page, "textbox", "Rationale")
        page.keyboard.type("Meant for nobody there")
        press(page, "Take it back")

        expect(page).to_have_title("Taken back – Sightline")
        expect(page.get_by_text("Everybody else who was told keeps it")).to_be_visible()

    system.cli("settle")
    assert recalled(system, DAFSU, untouched.aliases[DAFSU]) == []


def test_what_went_to_the_wrong_one_says_to_whom_and_what_was_typed_is_kept(
    browser: Browser, system: Running, told: Told
) -> None:
    with window(browser, system) as page:
        sign_in(page, system, HUB, SERGEANT)
        open_retraction(page, told, "VPA reviewed")

        page.get_by_label("It went to the wrong agency or school").check()
        page.get_by_label("From those alone that are named below").check()
        page.get_by_label("Rationale").fill("A school of nearly that name")
        follow(page.get_by_role("button", name="Take it back"))

        summary = page.get_by_role("alert")
        expect(summary.get_by_role("link", name="Choose from whom it is taken back")).to_be_visible()
        expect(page.get_by_label("Rationale")).to_have_value("A school of nearly that name")
        expect(page.get_by_label("It went to the wrong agency or school")).to_be_checked()


def test_pressing_twice_is_one_retraction(browser: Browser, system: Running, untouched: Told) -> None:
    before = events_of(system, HUB, "EventRetracted")
    with window(browser, system) as page:
        sign_in(page, system, HUB, SERGEANT)
        open_retraction(page, untouched, "VPA reviewed")
        page.get_by_label("It was sent twice").check()
        page.get_by_label("From everybody who was told").check()
        page.get_by_label("Rationale").fill("At both desks")

        form = page.locator("#form")
        typed = form.evaluate("form => Object.fromEntries(new FormData(form))")
        page.request.post(str(form.get_attribute("action")), form=typed)
        follow(page.get_by_role("button", name="Take it back"))

        expect(page).to_have_title("Taken back – Sightline")
    system.cli("settle")
    assert len(events_of(system, HUB, "EventRetracted")) == len(before) + 1


def test_an_agency_takes_back_a_referral_it_recorded_and_nobody_else_finds_the_form(
    browser: Browser, system: Running
) -> None:
    refer_to_checs(system)
    (row, *_) = releases_to(system, CHECS)
    form = f"/incidents/{row['incident']}/take-back/{row['release_id']}"
    for agency, which in ((CEDAH, 0), (HUB, SERGEANT), (HUB, 2)):
        with window(browser, system) as page:
            sign_in(page, system, agency, which)
            answer = page.goto(form)
            assert answer is not None
            assert answer.status == 404
    with window(browser, system) as page:
        sign_in(page, system, CHECS)
        page.goto(f"/incidents/{row['incident']}")
        follow(page.get_by_role("link", name=re.compile("Take it back.*Referral received")).first)
        page.get_by_label("It should not have been sent").check()
        page.get_by_label("From everybody who was told").check()
        page.get_by_label("Rationale").fill("Recorded while learning the system")
        follow(page.get_by_role("button", name="Take it back"))

        expect(page).to_have_title("Taken back – Sightline")
    system.cli("settle")
    assert len(events_of(system, CHECS, "EventRetracted")) == 1


def test_a_first_responder_is_led_to_no_retraction(browser: Browser, system: Running, told: Told) -> None:
    with window(browser, system) as page:
        sign_in(page, system, HUB, 2)
        page.goto(f"/incidents/{told.aliases[HUB]}")

        expect(page.get_by_role("link", name="Take it back")).to_have_count(0)


@pytest.mark.parametrize("second", ["", "p-checs-2"], ids=["by one alone", "confirmed by a second"])
def test_children_s_services_record_an_override_for_themselves(
    browser: Browser, system: Running, second: str
) -> None:
    refer_to_checs(system)
    (row, *_) = releases_to(system, CHECS)
    with window(browser, system) as page:
        sign_in(page, system, CHECS)
        page.goto(f"/incidents/{row['incident']}")
        follow(page.get_by_role("link", name="Record an override for your own duty"))
        page.get_by_label("Rationale").fill("The younger child is in danger")
        page.get_by_label("Your grade").select_option("team-manager")
        page.get_by_label("Reviewed by").select_option("p-checs-2")
        page.get_by_label("Confirmed by").select_option(second)
        follow(page.get_by_role("button", name="Record the override"))
        system.cli("settle")
        page.reload()

        expect(page.get_by_role("heading", name="What it gives your agency")).to_be_visible()
        alone = page.get_by_text("until then it counts as recorded only")
        expect(alone).to_have_count(0 if second else 1)
