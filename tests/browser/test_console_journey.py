"""People at work in a real browser: with scripts and without, with a mouse and with the keyboard alone."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser_builders import (
    CEDAH,
    DAFSU,
    EDUCATION,
    HUB,
    NARROW,
    SCHOOL,
    Told,
    answers_of,
    follow,
    owe_call,
    releases_to,
    review_again,
    sign_in,
    state_of,
    types_of,
    window,
)
from tests.system import Running, eventually

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])


def open_reviewed(page: Page, told: Told, *sections: str, purpose: str = "Safety planning call") -> None:
    page.goto(f"/incidents/{told.aliases[DAFSU]}")
    follow(page.get_by_role("link", name="Open VPA reviewed").first)
    for section in sections:
        page.get_by_label(section, exact=True).check()
    page.get_by_label("Purpose").fill(purpose)
    follow(page.get_by_role("button", name="Open and record it"))


@SCRIPTS
def test_a_practitioner_opens_what_is_needed_and_sees_what_is_safe(
    browser: Browser, system: Running, told: Told, scripts: bool
) -> None:
    with window(browser, system, scripts=scripts) as page:
        sign_in(page, system, DAFSU)

        follow(page.locator(f'a[href="/incidents/{told.aliases[DAFSU]}"]').first)
        open_reviewed(page, told, "Adult victim", "Contact and what is safe")

        expect(page.locator(".moj-identity-bar")).to_contain_text("Adult victim: Quenivaldra Thornwickle")
        expect(page.get_by_role("heading", name="Phone: safe to use")).to_be_visible()
        expect(page.get_by_role("heading", name="Post: do not use")).to_be_visible()
        expect(page.get_by_text("This opening is on the record")).to_be_visible()
        assert "Grumblethwait" not in page.content()


@SCRIPTS
def test_nothing_opens_without_a_purpose(
    browser: Browser, system: Running, told: Told, scripts: bool
) -> None:
    with window(browser, system, scripts=scripts) as page:
        sign_in(page, system, DAFSU)

        open_reviewed(page, told, "Adult victim", purpose="  ")

        expect(page.get_by_role("link", name="Enter why you need to see it")).to_be_visible()
        assert "Thornwickle" not in page.content()


@SCRIPTS
def test_a_school_sees_who_it_is_about_and_acknowledges_in_one_press(
    browser: Browser, system: Running, untouched: Told, scripts: bool
) -> None:
    with window(browser, system, scripts=scripts, width=NARROW) as page:
        sign_in(page, system, SCHOOL)
        before = state_of(system, untouched)

        form = page.locator(f'form[action="/school/{untouched.message}/acknowledge"]')
        expect(form).to_have_count(0)
        follow(page.locator(f'a.govuk-button[href="/school/{untouched.message}"]'))
        page.get_by_label("To brief the key adult").check()
        follow(page.get_by_role("button", name="Show who it is about"))
        follow(form.get_by_role("button", name="Acknowledge this message"))

        expect(form).to_have_count(0)
        assert before in {"delivered", "escalated"}, "escalated in the hour after the bell"
        eventually(lambda: state_of(system, untouched) == "acknowledged")


@SCRIPTS
def test_a_school_reads_what_to_do_and_tells_neither_parent(
    browser: Browser, system: Running, told: Told, scripts: bool
) -> None:
    with window(browser, system, scripts=scripts) as page:
        sign_in(page, system, SCHOOL)

        follow(page.locator(f'a.govuk-link[href="/school/{told.message}"]'))
        first = page.content()
        page.get_by_label("To brief the key adult").check()
        follow(page.get_by_role("button", name="Show who it is about"))

        expect(page.get_by_text("Marigoldine Thornwickle")).to_be_visible()
        expect(page.get_by_text("Peregrinian Thornwickle")).to_be_visible()
        expect(page.get_by_text("Tell neither parent")).to_be_visible()
        assert "Thornwickle" not in first


def test_the_hub_sees_who_may_see_what_on_what_ground(browser: Browser, system: Running, told: Told) -> None:
    with window(browser, system) as page:
        sign_in(page, system, HUB)

        page.goto(f"/incidents/{told.aliases[HUB]}")

        may = page.get_by_role("table").first
        row = may.get_by_role("row", name="Domestic Abuse Family Safety Unit")
        expect(row).to_contain_text("The adult victim's reviewed risk is high")
        expect(row).to_contain_text("Contact and what is safe")
        expect(may.get_by_role("row", name="Oakenbrookham Primary School")).to_contain_text(
            "Child 1, Child 2"
        )


def test_who_else_was_told_is_not_shown_to_a_recipient(browser: Browser, system: Running, told: Told) -> None:
    with window(browser, system) as page:
        sign_in(page, system, DAFSU)

        page.goto(f"/incidents/{told.aliases[DAFSU]}")

        expect(page.get_by_role("heading", name="Who may see what")).to_have_count(0)


def test_anothers_incident_looks_like_one_that_is_not_there(
    browser: Browser, system: Running, told: Told
) -> None:
    with window(browser, system) as page:
        sign_in(page, system, CEDAH)

        anothers = page.goto(f"/incidents/{told.aliases[DAFSU]}")
        of_anothers = page.locator("main").inner_html()
        unknown = page.goto("/incidents/nothing-like-it")

        assert anothers is not None
        assert unknown is not None
        assert (anothers.status, unknown.status) == (404, 404)
        assert page.locator("main").inner_html() == of_anothers


def test_an_agency_has_no_school_page_and_a_school_sees_no_incident(
    browser: Browser, system: Running, told: Told
) -> None:
    with window(browser, system) as page:
        sign_in(page, system, DAFSU)
        school_page = page.goto("/school")
        message_page = page.goto(f"/school/{told.message}")

        assert school_page is not None
        assert message_page is not None
        assert (school_page.status, message_page.status) == (404, 404)


def test_the_inbox_can_be_narrowed_to_what_happened(browser: Browser, system: Running, told: Told) -> None:
    with window(browser, system, scripts=False) as page:
        sign_in(page, system, DAFSU)

        page.get_by_label("What happened").select_option("SupportFinished")
        follow(page.get_by_role("button", name="Apply filters"))
        none = page.locator("article").count()
        follow(page.get_by_role("link", name="Remove this filter: Support finished"))

        assert none == 0
        expect(page.locator(f'a[href="/incidents/{told.aliases[DAFSU]}"]')).to_have_count(1)


def test_everything_received_can_be_narrowed_to_what_happened(
    browser: Browser, system: Running, told: Told
) -> None:
    with window(browser, system) as page:
        sign_in(page, system, HUB)
        page.goto("/inbox/releases")

        page.get_by_label("What happened").select_option("VpaRaised")
        follow(page.get_by_role("button", name="Filter"))

        headings = page.locator("article h2").all_inner_texts()
        assert headings
        assert {heading.split(",")[0].strip() for heading in headings} == {"VPA raised"}


@SCRIPTS
def test_what_is_expected_is_answered_in_one_press_from_the_row(
    browser: Browser, system: Running, untouched: Told, scripts: bool
) -> None:
    with window(browser, system, scripts=scripts, width=NARROW) as page:
        sign_in(page, system, DAFSU)
        form = page.locator(f'form[action^="/incidents/{untouched.aliases[DAFSU]}/answer/"]')

        follow(form.get_by_role("button", name="It is done"))

        expect(form).to_have_count(0)
        eventually(lambda: answers_of(system, untouched) == ["done"])


@SCRIPTS
def test_what_was_not_possible_is_said_with_its_reason(
    browser: Browser, system: Running, untouched: Told, scripts: bool
) -> None:
    with window(browser, system, scripts=scripts) as page:
        sign_in(page, system, DAFSU)
        page.goto(f"/incidents/{untouched.aliases[DAFSU]}")

        follow(page.get_by_role("link", name="It was not possible").first)
        page.get_by_label("It was not possible").check()
        page.get_by_label("There was no safe way to reach the person").check()
        follow(page.get_by_role("button", name="Say so"))

        expect(page.get_by_text("Nothing is expected of you now.")).to_be_visible()
        eventually(lambda: answers_of(system, untouched) == ["not_possible"])


@SCRIPTS
def test_a_recall_of_what_was_opened_is_news_until_one_press_says_it_was_seen(
    browser: Browser, system: Running, untouched: Told, scripts: bool
) -> None:
    with window(browser, system, scripts=scripts, width=NARROW) as page:
        sign_in(page, system, DAFSU)
        open_reviewed(page, untouched, "Adult victim")
        review_again(system, untouched, "medium")
        page.goto("/inbox?show=new")
        row = page.locator(f'article:has(a[href="/incidents/{untouched.aliases[DAFSU]}"])')
        expect(row).to_contain_text("Recalled since your agency opened it.")

        follow(row.get_by_role("button", name="Seen"))

        expect(row.get_by_role("button", name="Seen")).to_have_count(0)
        eventually(lambda: answers_of(system, untouched) == ["done"])


@SCRIPTS
def test_a_way_that_is_not_marked_safe_is_shown_only_past_a_stop_that_is_recorded(
    browser: Browser, system: Running, told: Told, scripts: bool
) -> None:
    with window(browser, system, scripts=scripts) as page:
        sign_in(page, system, DAFSU)

        open_reviewed(page, told, "Contact and what is safe")
        before = page.content()
        follow(page.locator('a[href$="/post"]'))
        stop = page.content()
        page.get_by_label("Why does it have to be this way?").fill("No other way is left")
        follow(page.get_by_role("button", name="Show it and record why"))

        expect(page.get_by_text("Wimblethatch")).to_be_visible()
        expect(page.get_by_text("not marked safe, post: No other way is left")).to_be_visible()
        assert "Wimblethatch" not in before + stop


@SCRIPTS
def test_a_consent_given_to_another_agency_is_recorded_and_told(
    browser: Browser, system: Running, untouched: Told, scripts: bool
) -> None:
    with window(browser, system, scripts=scripts, width=NARROW) as page:
        sign_in(page, system, DAFSU)
        page.goto(f"/incidents/{untouched.aliases[DAFSU]}")

        follow(page.get_by_role("link", name="Record consent"))
        page.get_by_label("Which agency is it about?").select_option("cheshire-cares")
        page.get_by_label("They consent").check()
        page.get_by_label("By phone").check()
        page.get_by_label("Support for them and their children").check()
        follow(page.get_by_role("button", name="Say so"))

        expect(page.get_by_role("heading", name="Incident", exact=True)).to_be_visible()
        eventually(lambda: "ConsentRecorded" in types_of(system, untouched))


@SCRIPTS
def test_a_referral_handed_on_is_refused_with_every_reason_until_it_is_whole(
    browser: Browser, system: Running, untouched: Told, scripts: bool
) -> None:
    with window(browser, system, scripts=scripts) as page:
        sign_in(page, system, DAFSU)
        page.goto(f"/incidents/{untouched.aliases[DAFSU]}/say/referral")

        page.get_by_label("We refer on").check()
        page.get_by_label("Medium").check()
        follow(page.get_by_role("button", name="Say so"))
        reasons = page.locator(".govuk-error-summary__list a").count()
        page.get_by_label("If you refer on: to which agency?").select_option("mycwa")
        page.get_by_label("If you refer on: whose help is it?").select_option("person_causing_harm")
        page.get_by_label("No children").check()
        for channel in ("phone", "post", "email"):
            page.locator(f'input[name="safe_{channel}"][value="not_known"]').check()
        page.get_by_label("Who said what is safe?").fill("adult victim")
        follow(page.get_by_role("button", name="Say so"))

        assert reasons == 7
        expect(page.get_by_role("heading", name="Incident", exact=True)).to_be_visible()
        eventually(lambda: "ReferredOn" in types_of(system, untouched))


@SCRIPTS
def test_somebody_new_is_referred_with_consent_and_who_takes_it_up_is_told_who_they_are(
    browser: Browser, system: Running, scripts: bool
) -> None:
    before = len(referrals_to(system, CEDAH))
    with window(browser, system, scripts=scripts, width=NARROW) as page:
        sign_in(page, system, "housing")
        follow(page.get_by_role("link", name="Refer somebody", exact=True))

        page.get_by_label("The adult victim themselves").check()
        page.get_by_label("First name of the adult victim").fill("Ottolinde")
        page.get_by_label("Last name of the adult victim").fill("Brackenmoss")
        for channel in ("phone", "post", "email"):
            page.locator(f'input[name="safe_{channel}"][value="no"]').check()
        page.get_by_label("Who said what is safe?").fill("adult victim")
        page.get_by_label("Medium", exact=True).check()
        page.get_by_label("Cheshire East Domestic Abuse Hub").select_option("given")
        page.get_by_label("By phone").check()
        page.get_by_label("Yes", exact=True).last.check()
        page.get_by_label("Children who meet the Early Help threshold").check()
        follow(page.get_by_role("button", name="Ask about another child"))
        for number, name in ((1, "Peverilla"), (2, "Wendelmoor")):
            page.get_by_label(f"First name of child {number}").fill(name)
            page.get_by_label(f"School of child {number}").select_option("900101")
        follow(page.get_by_role("button", name="Send the referral"))

        expect(page).to_have_title("Referral kept – Sightline")
        expect(page.get_by_text("Children: 2 named, each for themselves")).to_be_visible()
    eventually(lambda: len(referrals_to(system, CEDAH)) == before + 1)
    told = referrals_to(system, CEDAH)[0]
    assert told["ground"] == "consent"
    assert {"victim", "contact", "children[0]", "children[1]"} <= set(told["sections"])


@SCRIPTS
def test_an_officer_says_what_came_of_a_call_and_the_school_is_owed_none(
    browser: Browser, system: Running, scripts: bool
) -> None:
    owe_call(system)
    with window(browser, system, scripts=scripts, width=NARROW) as page:
        sign_in(page, system, EDUCATION)
        page.goto("/calls")
        owed = page.get_by_role("link", name="Say what came of the call")
        before = owed.count()

        follow(owed.first)
        page.get_by_label("I told somebody who may be told").check()
        page.get_by_label("The head teacher").check()
        follow(page.get_by_role("button", name="Record it"))

        expect(page.get_by_role("heading", name="Calls to make")).to_be_visible()
        expect(owed).to_have_count(before - 1)


def test_a_call_list_prints_without_what_belongs_to_a_screen(
    browser: Browser, system: Running, told: Told
) -> None:
    with window(browser, system) as page:
        sign_in(page, system, EDUCATION)
        page.goto("/calls")

        page.emulate_media(media="print")

        expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
        expect(page.get_by_role("heading", name="Calls to make")).to_be_visible()


def test_a_page_left_behind_shows_nothing_after_signing_out(
    browser: Browser, system: Running, told: Told
) -> None:
    with window(browser, system) as page:
        sign_in(page, system, DAFSU)
        page.goto(f"/incidents/{told.aliases[DAFSU]}")

        follow(page.get_by_role("button", name="Sign out"))
        back = page.go_back()

        assert back is not None
        expect(page).to_have_title("Sign in – Sightline")


def test_the_whole_way_goes_by_keyboard(browser: Browser, system: Running, told: Told) -> None:
    with window(browser, system) as page:
        page.goto("/sign-in")
        choose(page, "Agency or school", "Domestic Abuse Family")
        press(page, "Continue")
        tab_to(page, "radio")
        page.keyboard.press("Space")
        press(page, "Sign in")
        page.goto(f"/incidents/{told.aliases[DAFSU]}")
        tab_to(page, "link", "Open VPA reviewed")
        page.keyboard.press("Enter")
        tab_to(page, "checkbox", "Adult victim")
        page.keyboard.press("Space")
        tab_to(page, "textbox", "Purpose")
        page.keyboard.type("Safety planning call")
        press(page, "Open and record it")

        expect(page.locator(".moj-identity-bar")).to_contain_text("Quenivaldra Thornwickle")


def test_the_first_stop_of_the_keyboard_skips_to_the_content(browser: Browser, system: Running) -> None:
    with window(browser, system) as page:
        page.goto("/sign-in")

        page.keyboard.press("Tab")
        page.keyboard.press("Enter")

        page.wait_for_url("**/sign-in#main-content")


def referrals_to(system: Running, agency: str) -> list[dict[str, Any]]:
    """Return the referrals that were handed on to an agency, the newest first."""
    return [row for row in releases_to(system, agency) if row["event_type"] == "ReferredOn"]


def choose(page: Page, label: str, start: str) -> None:
    """Choose from a list by typing the beginning of a line."""
    tab_to(page, "combobox", label)
    page.keyboard.type(start, delay=5)


def press(page: Page, button: str) -> None:
    """Press a button with the keyboard, and wait for the page it leads to."""
    tab_to(page, "button", button)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def tab_to(page: Page, role: str, name: str = "") -> None:
    """Press Tab until that element has the focus, and see that the focus can be seen."""
    wanted = page.get_by_role(role, name=name).first  # type: ignore[arg-type]
    for _ in range(80):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            assert wanted.evaluate("element => element.matches(':focus-visible')")
            return
    raise AssertionError(f"Tab never comes to the {role} {name}")
