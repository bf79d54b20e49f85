"""A duty sergeant at work in a real browser: what waits, the review, the override, and what is not shared."""

import pytest
from playwright.sync_api import Browser, Page, expect

from services.cli.client import System
from services.cli.publishing import settle
from tests.browser.test_console_journey import press, tab_to
from tests.browser_builders import DAFSU, HUB, NARROW, SCHOOL, Told, follow, raise_vpa, sign_in, window
from tests.system import Running, eventually

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
SERGEANT = 1
FAMILY_HELP = "family-help"


@pytest.fixture
def raised(system: Running) -> Told:
    """A VPA that waits for the Hub."""
    return raise_vpa(system)


def events_of(system: Running, recipient: str, event_type: str) -> list[str]:
    """Return the ids of the events of a type that a recipient was released."""
    api = System(system.url, system.data)
    rows = api.get("/v1/inbox", {"limit": "1000"}, agency=recipient).good()["releases"]
    return [str(row["event_id"]) for row in rows if row["event_type"] == event_type]


def open_review(page: Page, told: Told) -> None:
    page.goto(f"/incidents/{told.aliases[HUB]}")
    follow(page.get_by_role("link", name="Review VPA raised").first)
    follow(page.get_by_role("button", name="Open and review"))


def open_override(page: Page, told: Told) -> None:
    page.goto(f"/incidents/{told.aliases[HUB]}")
    follow(page.get_by_role("link", name="Record an override"))


@SCRIPTS
def test_a_sergeant_reviews_what_waits_and_dafsu_has_it(
    browser: Browser, system: Running, raised: Told, scripts: bool
) -> None:
    before = events_of(system, DAFSU, "VpaReviewed")
    with window(browser, system, scripts=scripts) as page:
        sign_in(page, system, HUB, SERGEANT)
        expect(page).to_have_title("Today – Sightline")

        follow(page.locator(f'section[aria-labelledby="waiting"] a[href="/incidents/{raised.aliases[HUB]}"]'))
        follow(page.get_by_role("link", name="Review VPA raised"))
        follow(page.get_by_role("button", name="Open and review"))
        expect(page.locator(".moj-identity-bar")).to_contain_text("Quenivaldra Thornwickle")
        expect(page.get_by_label("High")).to_be_checked()
        follow(page.get_by_role("button", name="Record the review"))

        expect(page).to_have_title("Recorded – Sightline")
        eventually(lambda: len(events_of(system, DAFSU, "VpaReviewed")) == len(before) + 1)
        page.reload()
        expect(
            page.get_by_role("heading", name="VPA reviewed").or_(page.get_by_text("VPA reviewed"))
        ).to_be_visible()
        expect(page.get_by_text("Domestic Abuse Family Safety Unit")).to_be_visible()


def test_the_opening_of_the_original_is_on_the_record(
    browser: Browser, system: Running, raised: Told
) -> None:
    with window(browser, system) as page:
        sign_in(page, system, HUB, SERGEANT)
        open_review(page, raised)

        expect(page.get_by_text("Secondary assessment of this VPA")).to_be_visible()
        eventually(lambda: _opened(system))


def _opened(system: Running) -> bool:
    rows = (
        System(system.url, system.data).get("/v1/ledger/openings", {"limit": "5"}, agency=HUB).good()["rows"]
    )
    return any(row["purpose"] == "Secondary assessment of this VPA" for row in rows)


@SCRIPTS
def test_a_changed_risk_needs_its_rationale_and_what_was_chosen_is_kept(
    browser: Browser, system: Running, raised: Told, scripts: bool
) -> None:
    with window(browser, system, scripts=scripts, width=NARROW) as page:
        sign_in(page, system, HUB, SERGEANT)
        open_review(page, raised)

        page.get_by_label("Medium").check()
        page.get_by_label("Adult Social Care").select_option("refused")
        follow(page.get_by_role("button", name="Record the review"))

        expect(
            page.get_by_role("alert").get_by_role("link", name="Enter why the risk changed")
        ).to_be_visible()
        expect(page.get_by_label("Medium")).to_be_checked()
        expect(page.get_by_label("Adult Social Care")).to_have_value("refused")


def test_pressing_twice_is_one_review(browser: Browser, system: Running, raised: Told) -> None:
    before = events_of(system, HUB, "VpaReviewed")
    with window(browser, system) as page:
        sign_in(page, system, HUB, SERGEANT)
        open_review(page, raised)

        form = page.locator("#form")
        typed = form.evaluate("form => Object.fromEntries(new FormData(form))")
        first = page.request.post(str(form.get_attribute("action")), form=typed)
        follow(page.get_by_role("button", name="Record the review"))

        assert page.url == first.url
    settle(System(system.url, system.data))
    assert len(events_of(system, HUB, "VpaReviewed")) == len(before) + 1


def test_an_override_without_its_rationale_is_refused_with_every_reason_at_once(
    browser: Browser, system: Running, told: Told
) -> None:
    with window(browser, system) as page:
        sign_in(page, system, HUB, SERGEANT)
        open_override(page, told)

        page.get_by_label("Your rank").select_option("sergeant")
        follow(page.get_by_role("button", name="Record the override"))

        summary = page.get_by_role("alert")
        expect(summary.get_by_role("link", name="Choose whom this is shared with")).to_be_visible()
        expect(summary.get_by_role("link", name="Enter why consent is overridden")).to_be_visible()
        expect(page.get_by_label("Your rank")).to_have_value("sergeant")


def test_an_override_goes_by_keyboard_to_who_receives_it(
    browser: Browser, system: Running, told: Told
) -> None:
    with window(browser, system) as page:
        sign_in(page, system, HUB, SERGEANT)
        open_override(page, told)

        tab_to(page, "combobox", "Share with")
        page.keyboard.type("Family", delay=5)
        tab_to(page, "textbox", "Rationale")
        page.keyboard.type("The younger child is in danger")
        press(page, "Record the override")

        expect(page).to_have_title("Recorded – Sightline")
        settle(System(system.url, system.data))
        page.reload()
        expect(page.get_by_role("heading", name="Who is told of this incident now")).to_be_visible()


def test_a_decision_not_to_share_takes_back_and_nobody_named_receives_it(
    browser: Browser, system: Running, untouched: Told
) -> None:
    with window(browser, system) as page:
        sign_in(page, system, HUB, SERGEANT)
        page.goto(f"/incidents/{untouched.aliases[HUB]}")
        follow(page.get_by_role("link", name="Record a decision not to share"))

        page.get_by_label("Do not share with").select_option(DAFSU)
        page.get_by_label("Rationale").fill("A relative works on that team")
        page.get_by_label("Confirmed by").select_option("p-hub-1")
        follow(page.get_by_role("button", name="Record the decision"))
        settle(System(system.url, system.data))
        page.reload()

        expect(page.get_by_role("heading", name="Recorded")).to_be_visible()
        expect(page.get_by_text("Domestic Abuse Family Safety Unit")).to_have_count(0)


def test_the_forms_are_absent_for_a_recipient_and_for_a_first_responder(
    browser: Browser, system: Running, told: Told
) -> None:
    paths = [f"{told.aliases[HUB]}/{form}" for form in ("override", "not-to-share", "review/x", "recorded/x")]
    for agency, which in ((DAFSU, 0), (HUB, 2)):
        with window(browser, system) as page:
            sign_in(page, system, agency, which)
            answers = [page.goto(f"/incidents/{path}") for path in paths]

            assert [answer and answer.status for answer in answers] == [404] * len(paths)


def test_the_incident_says_who_opened_it_and_how_it_would_be_decided_now(
    browser: Browser, system: Running, raised: Told
) -> None:
    with window(browser, system) as page:
        sign_in(page, system, HUB, SERGEANT)
        open_review(page, raised)
        eventually(lambda: _opened(system))
        page.goto(f"/incidents/{raised.aliases[HUB]}")

        who = page.get_by_role("region", name="Who opened it").get_by_role("row")
        expect(who.filter(has_text="Secondary assessment of this VPA")).to_have_count(1)
        now = page.get_by_role("region", name="If it were decided now")
        school = System(system.url, system.data).partnership.title_of(SCHOOL)
        for recipient in ("Domestic Abuse Family Safety Unit", school):
            expect(now.get_by_role("row", name=recipient)).to_contain_text("As it stands")
