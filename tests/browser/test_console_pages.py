"""Every page, signed in and with data, in Chromium: for a screen reader, at 320 pixels, from one host."""

from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page

from tests.browser_builders import (
    CHECS,
    DAFSU,
    EDUCATION,
    HUB,
    LOOKED_AT,
    NAMES,
    NARROW,
    SCHOOL,
    Told,
    follow,
    sit_down,
    window,
)
from tests.browser_visits import SCHEME, Reach, Visits
from tests.system import Running


def sign_in_page(page: Page, system: Running, told: Told) -> None:
    page.goto("/sign-in")


def person_page(page: Page, system: Running, told: Told) -> None:
    page.goto("/sign-in")
    page.get_by_label("Agency or school").select_option(DAFSU)
    follow(page.get_by_role("button", name="Continue"))


def nobody_chosen(page: Page, system: Running, told: Told) -> None:
    page.goto("/sign-in")
    follow(page.get_by_role("button", name="Continue"))


def inbox(page: Page, system: Running, told: Told) -> None:
    sit_down(page, system, DAFSU)


def narrowed_inbox(page: Page, system: Running, told: Told) -> None:
    inbox(page, system, told)
    page.get_by_label("New or changed").check()
    follow(page.get_by_role("button", name="Apply filters"))


def received(page: Page, system: Running, told: Told) -> None:
    inbox(page, system, told)
    follow(page.get_by_role("link", name="Everything received, one by one"))


def empty_inbox(page: Page, system: Running, told: Told) -> None:
    sit_down(page, system, "fire")


def incident(page: Page, system: Running, told: Told) -> None:
    sit_down(page, system, DAFSU)
    page.goto(f"/incidents/{told.aliases[DAFSU]}")


def adult_victim(page: Page, system: Running, told: Told) -> None:
    incident(page, system, told)
    follow(page.get_by_role("link", name="Everything your agency was told of this adult victim"))


def why_everything(page: Page, system: Running, told: Told) -> None:
    incident(page, system, told)
    follow(page.get_by_role("link", name="everything about child 1").first)


def why_everything_unsaid(page: Page, system: Running, told: Told) -> None:
    why_everything(page, system, told)
    follow(page.get_by_role("button", name="Show it and record why"))


def everything(page: Page, system: Running, told: Told) -> None:
    why_everything(page, system, told)
    page.get_by_label("Purpose").fill("Safety planning call")
    follow(page.get_by_role("button", name="Show it and record why"))


def hub_incident(page: Page, system: Running, told: Told) -> None:
    sit_down(page, system, HUB)
    page.goto(f"/incidents/{told.aliases[HUB]}")


def today(page: Page, system: Running, told: Told) -> None:
    sit_down(page, system, HUB)


def why_review(page: Page, system: Running, told: Told) -> None:
    hub_incident(page, system, told)
    follow(page.get_by_role("link", name="Review VPA reviewed").first)


def why_review_unsaid(page: Page, system: Running, told: Told) -> None:
    why_review(page, system, told)
    page.get_by_label("Purpose").fill("")
    follow(page.get_by_role("button", name="Open and review"))


def reviewing(page: Page, system: Running, told: Told) -> None:
    why_review(page, system, told)
    follow(page.get_by_role("button", name="Open and review"))


def review_unfinished(page: Page, system: Running, told: Told) -> None:
    reviewing(page, system, told)
    page.get_by_label("Standard", exact=True).check()
    follow(page.get_by_role("button", name="Record the review"))


def overriding(page: Page, system: Running, told: Told) -> None:
    hub_incident(page, system, told)
    follow(page.get_by_role("link", name="Record an override"))


def override_unsaid(page: Page, system: Running, told: Told) -> None:
    overriding(page, system, told)
    follow(page.get_by_role("button", name="Record the override"))


def overriding_for_itself(page: Page, system: Running, told: Told) -> None:
    sit_down(page, system, CHECS)
    follow(page.locator('main a[href^="/incidents/"]').first)
    follow(page.get_by_role("link", name="Record an override for your own duty"))


def override_for_itself_unsaid(page: Page, system: Running, told: Told) -> None:
    overriding_for_itself(page, system, told)
    follow(page.get_by_role("button", name="Record the override"))


def recorded_for_itself(page: Page, system: Running, told: Told) -> None:
    overriding_for_itself(page, system, told)
    page.get_by_label("Rationale").fill("The younger child is in danger")
    follow(page.get_by_role("button", name="Record the override"))


def not_sharing(page: Page, system: Running, told: Told) -> None:
    hub_incident(page, system, told)
    follow(page.get_by_role("link", name="Record a decision not to share"))


def not_sharing_unsaid(page: Page, system: Running, told: Told) -> None:
    not_sharing(page, system, told)
    follow(page.get_by_role("button", name="Record the decision"))


def recorded(page: Page, system: Running, told: Told) -> None:
    overriding(page, system, told)
    page.get_by_label("Share with").select_option("family-help")
    page.get_by_label("Rationale").fill("The younger child is in danger")
    follow(page.get_by_role("button", name="Record the override"))


def taking_back(page: Page, system: Running, told: Told) -> None:
    hub_incident(page, system, told)
    follow(page.get_by_role("link", name="Take it back").first)


def taking_back_unsaid(page: Page, system: Running, told: Told) -> None:
    taking_back(page, system, told)
    follow(page.get_by_role("button", name="Take it back"))


HOLD_NOTHING: Final = (
    "Cheshire Fire and Rescue",
    "Youth Justice",
    "Rape and Sexual Abuse Support Centre",
    "Change Grow Live",
    "Housing Options",
    "Probation",
    "0-19 Health Contact Hub",
    "Cheshire Cares",
    "Emergency Duty Team",
)
"""From whom something is taken back without a change: one at each visit, for nobody is offered again."""


def taken_back(page: Page, system: Running, told: Told) -> None:
    taking_back(page, system, told)
    page.get_by_label("It went to the wrong agency or school").check()
    page.get_by_label("From those alone that are named below").check()
    offered = (page.get_by_label(name) for name in HOLD_NOTHING)
    next(box for box in offered if box.count()).check()
    page.get_by_label("Rationale").fill("Meant for nobody there")
    follow(page.get_by_role("button", name="Take it back"))


def asking(page: Page, system: Running, told: Told) -> None:
    incident(page, system, told)
    follow(page.get_by_role("link", name="Open VPA reviewed").first)


def asked_nothing(page: Page, system: Running, told: Told) -> None:
    asking(page, system, told)
    follow(page.get_by_role("button", name="Open and record it"))


def opened(page: Page, system: Running, told: Told) -> None:
    asking(page, system, told)
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_label("Purpose").fill("Safety planning call")
    follow(page.get_by_role("button", name="Open and record it"))


def stopped(page: Page, system: Running, told: Told) -> None:
    opened(page, system, told)
    follow(page.get_by_role("link", name="One is recorded. See it all the same").first)


def stopped_again(page: Page, system: Running, told: Told) -> None:
    stopped(page, system, told)
    follow(page.get_by_role("button", name="Show it and record why"))


def shown_all_the_same(page: Page, system: Running, told: Told) -> None:
    stopped(page, system, told)
    page.get_by_label("Why does it have to be this way?").fill("No other way is left")
    follow(page.get_by_role("button", name="Show it and record why"))


def answering(page: Page, system: Running, told: Told) -> None:
    incident(page, system, told)
    follow(page.get_by_role("link", name="It was not possible").first)


def answered_nothing(page: Page, system: Running, told: Told) -> None:
    answering(page, system, told)
    follow(page.get_by_role("button", name="Say so"))


def consenting(page: Page, system: Running, told: Told) -> None:
    incident(page, system, told)
    follow(page.get_by_role("link", name="Record consent"))


def consented_nothing(page: Page, system: Running, told: Told) -> None:
    consenting(page, system, told)
    follow(page.get_by_role("button", name="Say so"))


def referring(page: Page, system: Running, told: Told) -> None:
    incident(page, system, told)
    follow(page.get_by_role("link", name="Record a referral"))


def referred_nothing(page: Page, system: Running, told: Told) -> None:
    referring(page, system, told)
    follow(page.get_by_role("button", name="Say so"))


def referring_somebody(page: Page, system: Running, told: Told) -> None:
    inbox(page, system, told)
    follow(page.get_by_role("link", name="Refer somebody new"))


def referred_nobody(page: Page, system: Running, told: Told) -> None:
    referring_somebody(page, system, told)
    follow(page.get_by_role("button", name="Send the referral"))


def referring_children(page: Page, system: Running, told: Told) -> None:
    referring_somebody(page, system, told)
    follow(page.get_by_role("button", name="Ask about another child"))


def referral_kept(page: Page, system: Running, told: Told) -> None:
    referring_somebody(page, system, told)
    page.get_by_label("First name of the adult victim").fill("Ottolinde")
    page.get_by_label("High", exact=True).check()
    follow(page.get_by_role("button", name="Send the referral"))


def school(page: Page, system: Running, told: Told) -> None:
    sit_down(page, system, SCHOOL)


def message(page: Page, system: Running, told: Told) -> None:
    school(page, system, told)
    page.goto(f"/school/{told.message}")


def children(page: Page, system: Running, told: Told) -> None:
    message(page, system, told)
    page.get_by_role("radio").first.check()
    follow(page.get_by_role("button", name="Show who it is about"))


def calls(page: Page, system: Running, told: Told) -> None:
    sit_down(page, system, EDUCATION)
    page.goto("/calls")


def day(page: Page, system: Running, told: Told) -> None:
    calls(page, system, told)
    follow(page.get_by_role("link", name="listed").first)


def call_made(page: Page, system: Running, told: Told) -> None:
    calls(page, system, told)
    follow(page.get_by_role("link", name="Say what came of the call").first)


def call_without_outcome(page: Page, system: Running, told: Told) -> None:
    call_made(page, system, told)
    follow(page.get_by_role("button", name="Record it"))


def operations(page: Page, system: Running, told: Told) -> None:
    sit_down(page, system, HUB)
    follow(page.get_by_role("link", name="Operations"))


def nothing_here(page: Page, system: Running, told: Told) -> None:
    sit_down(page, system, DAFSU)
    page.goto("/incidents/nothing-like-it")


PAGES: dict[str, Reach] = {
    "Sign in – Sightline": sign_in_page,
    "Error: Sign in – Sightline": nobody_chosen,
    "Who are you? – Sightline": person_page,
    "Inbox – Sightline": inbox,
    "Incident – Sightline": incident,
    "Adult victim – Sightline": adult_victim,
    "Why do you need everything about one person? – Sightline": why_everything,
    "Error: Why do you need everything about one person? – Sightline": why_everything_unsaid,
    "Everything about one person – Sightline": everything,
    "Today – Sightline": today,
    "Review this VPA – Sightline": why_review,
    "Error: Review this VPA – Sightline": why_review_unsaid,
    "Secondary assessment – Sightline": reviewing,
    "Error: Secondary assessment – Sightline": review_unfinished,
    "Record an override – Sightline": overriding,
    "Error: Record an override – Sightline": override_unsaid,
    "Record an override for your own duty – Sightline": overriding_for_itself,
    "Error: Record an override for your own duty – Sightline": override_for_itself_unsaid,
    "Record a decision not to share – Sightline": not_sharing,
    "Error: Record a decision not to share – Sightline": not_sharing_unsaid,
    "Recorded – Sightline": recorded,
    "Take back what your agency published – Sightline": taking_back,
    "Error: Take back what your agency published – Sightline": taking_back_unsaid,
    "Taken back – Sightline": taken_back,
    "Why do you need to see it? – Sightline": asking,
    "Error: Why do you need to see it? – Sightline": asked_nothing,
    "Opened – Sightline": opened,
    "Stop: this may not be safe – Sightline": stopped,
    "Error: Stop: this may not be safe – Sightline": stopped_again,
    "Not marked safe – Sightline": shown_all_the_same,
    "What came of it? – Sightline": answering,
    "Error: What came of it? – Sightline": answered_nothing,
    "Everything received – Sightline": received,
    "Record consent – Sightline": consenting,
    "Error: Record consent – Sightline": consented_nothing,
    "Record a referral – Sightline": referring,
    "Error: Record a referral – Sightline": referred_nothing,
    "Refer somebody – Sightline": referring_somebody,
    "Error: Refer somebody – Sightline": referred_nobody,
    "Referral kept – Sightline": referral_kept,
    "Your messages – Sightline": school,
    "Message – Sightline": message,
    "Who it is about – Sightline": children,
    "Calls to make – Sightline": calls,
    "Children by day – Sightline": day,
    "What came of the call? – Sightline": call_made,
    "Error: What came of the call? – Sightline": call_without_outcome,
    "Operations – Sightline": operations,
    "There is nothing here – Sightline": nothing_here,
}
EVERY_PAGE = [
    *PAGES.values(),
    empty_inbox,
    narrowed_inbox,
    referring_children,
    hub_incident,
    recorded_for_itself,
]
of_every_page = pytest.mark.parametrize("reach", EVERY_PAGE, ids=lambda reach: reach.__name__)


@pytest.fixture(scope="module")
def visits(browser: Browser, system: Running, told: Told) -> Visits:
    """Go to each page once, and remember what was seen."""
    return Visits(browser, system, told)


@of_every_page
@pytest.mark.parametrize("width", LOOKED_AT)
def test_nothing_stands_in_the_way_of_anybody(visits: Visits, reach: Reach, width: int) -> None:
    assert visits.to(reach).problems[width] == []


@of_every_page
def test_nothing_has_to_be_scrolled_to_sideways_on_a_phone(visits: Visits, reach: Reach) -> None:
    assert visits.to(reach).fits_a_phone


@of_every_page
def test_nothing_is_lost_at_twice_its_size(visits: Visits, reach: Reach) -> None:
    assert visits.to(reach).lost_at_twice == []


@of_every_page
def test_every_page_is_there_without_scripts(
    browser: Browser, system: Running, told: Told, reach: Reach
) -> None:
    with window(browser, system, scripts=False, width=NARROW) as page:
        reach(page, system, told)

        assert page.locator("h1").count() == 1


@pytest.mark.parametrize(("title", "reach"), PAGES.items(), ids=lambda one: getattr(one, "__name__", ""))
def test_each_page_says_what_it_is(visits: Visits, title: str, reach: Reach) -> None:
    assert visits.to(reach).title == title


@of_every_page
def test_no_address_link_title_or_cookie_names_anybody_an_incident_or_the_scheme(
    visits: Visits, told: Told, reach: Reach
) -> None:
    seen = visits.to(reach)

    assert seen.told_of(*NAMES, told.reference, SCHEME) == []
    assert seen.links
    assert seen.cookies


@of_every_page
def test_everything_comes_from_one_host(visits: Visits, system: Running, reach: Reach) -> None:
    assert not [url for url in visits.to(reach).addresses if not url.startswith(f"{system.url}/")]


@of_every_page
def test_no_page_is_kept_and_none_runs_what_we_did_not_send(visits: Visits, reach: Reach) -> None:
    pages = visits.to(reach).pages

    assert {page["cache-control"] for page in pages} == {"no-store"}
    assert {page["referrer-policy"] for page in pages} == {"no-referrer"}
    assert not [page for page in pages if "unsafe-inline" in page["content-security-policy"]]


def test_an_officer_sees_a_call_to_make_and_a_child_no_school_is_told_of(
    browser: Browser, system: Running, told: Told
) -> None:
    with window(browser, system) as page:
        calls(page, system, told)

        assert page.get_by_text("A parent works at the child's school").count() >= 1
        assert page.get_by_role("heading", name="Educated at home").count() >= 1
        assert not [name for name in NAMES if name in page.content()]


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


def test_no_line_of_a_log_or_step_of_a_trace_names_anybody_an_incident_or_the_scheme(
    visits: Visits, system: Running, told: Told
) -> None:
    for reach in (opened, children, calls):
        visits.to(reach)
    written = {path: path.read_text("utf-8", "replace") for path in written_by(system)}
    words = (*NAMES, told.reference, SCHEME)

    assert {path.suffix for path, text in written.items() if text} >= {".jsonl", ".err"}
    assert not [
        f"{path.name}: {line}"
        for path, text in written.items()
        for line in text.splitlines()
        for word in words
        if word.lower() in line.lower()
    ]


def written_by(system: Running) -> list[Path]:
    """Return what a system writes for whoever looks after it: logs, steps of traces, and its own words."""
    folders = [system.data / name for name in ("logs", "telemetry")]
    return [*(path for folder in folders for path in sorted(folder.iterdir())), system.data / "up.err"]
