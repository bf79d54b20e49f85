"""An operator finds a record set aside, sees what reading it again would do, and has it read: in Chromium."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from services.cli.client import System
from services.eventlog.access import Access
from services.eventlog.records import Record
from services.eventlog.writer import KafkaWriter
from services.runtime.certificates import ADMIN
from services.runtime.spans import steps_of
from tests.browser_builders import DAFSU, HUB, NARROW, WIDE, follow, is_within, problems_of, sign_in, window
from tests.system import Running, eventually, running_system

SEE, DO = "See what reading it again would do", "Read it again now"


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A system in which one record of DAFSU's topic is none."""
    with running_system(tmp_path_factory.mktemp("operations")) as running:
        described = json.loads((running.data / "run" / "system.json").read_text())
        writer = KafkaWriter(Access.at(described["kafka"], running.data / "credentials", ADMIN))
        writer.append("to.dafsu", [Record(key=b"k", value=b"no release")])
        running.cli("settle")
        yield running


def operations(page: Page, system: Running) -> None:
    sign_in(page, system, HUB)
    follow(page.get_by_role("link", name="Operations"))


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_nothing_stands_in_the_way_of_anybody(browser: Browser, spoilt: Running, width: int) -> None:
    with window(browser, spoilt, width=width) as page:
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text))

        operations(page, spoilt)
        first = problems_of(page), is_within(page, width)
        follow(page.get_by_role("button", name=SEE))

        assert page.title() == "Read it again? – Sightline"
        assert (first, problems_of(page), is_within(page, width)) == (([], True), [], True)
        assert complaints == []


def test_without_a_script_and_by_keyboard_it_is_seen_first_and_then_done(
    browser: Browser, spoilt: Running
) -> None:
    api = System(spoilt.url, spoilt.data)
    with window(browser, spoilt, scripts=False, width=NARROW) as page:
        operations(page, spoilt)
        page.get_by_role("button", name=SEE).focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        shown = page.locator("main").inner_text()
        before = api.get("/v1/operations/projections/parked").good()["redrives"]
        page.get_by_role("button", name=DO).focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")

        assert "Nothing has been done yet" in shown
        assert "1 still cannot be read" in shown
        assert before == []
        assert len(api.get("/v1/operations/projections/parked").good()["redrives"]) == 1
        assert "What was read again" in page.locator("main").inner_text()
        assert page.url == f"{spoilt.url}/operations"


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_topic_is_looked_at_with_its_content_masked(browser: Browser, spoilt: Running, width: int) -> None:
    with window(browser, spoilt, width=width) as page:
        operations(page, spoilt)
        page.get_by_label("Topic").select_option("log")
        page.get_by_label("From which record on").fill("0")
        follow(page.get_by_role("button", name="Look, with the content masked"))

        assert page.title() == "Records of a topic – Sightline"
        assert "type: PolicyAdopted" in page.locator("main").inner_text()
        assert (problems_of(page), is_within(page, width)) == ([], True)


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_trace_is_followed_as_text_from_the_record_that_names_it(
    browser: Browser, spoilt: Running, width: int
) -> None:
    api = System(spoilt.url, spoilt.data)
    found = api.get("/v1/operations/records?topic=log&from=0").good()["records"]
    trace = next(one["trace"] for one in found if one["type"] == "PolicyAdopted")
    eventually(lambda: "door.take" in [step["name"] for step in steps_of(spoilt.data, trace)])
    with window(browser, spoilt, width=width) as page:
        operations(page, spoilt)
        page.get_by_label("The trace's id").fill(trace)
        follow(page.get_by_role("button", name="Follow it"))

        assert page.title() == "Steps of a trace – Sightline"
        assert "door.take" in page.locator("main").inner_text()
        assert (problems_of(page), is_within(page, width)) == ([], True)


def test_nobody_else_has_a_way_there(browser: Browser, spoilt: Running) -> None:
    with window(browser, spoilt) as page:
        sign_in(page, spoilt, DAFSU)
        assert page.get_by_role("link", name="Operations").count() == 0

        page.goto("/operations")
        assert page.title() == "There is nothing here – Sightline"
