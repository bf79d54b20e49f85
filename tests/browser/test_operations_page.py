"""An operator finds a record set aside, sees what reading it again would do, and has it read: in Chromium.

There, too, is the pulse, which the same people see.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import pytest
from playwright.sync_api import Browser, Page

from services.cli.client import System
from services.eventlog.access import Access
from services.eventlog.records import Record
from services.eventlog.writer import KafkaWriter
from services.runtime.certificates import ADMIN
from services.runtime.spans import steps_of
from tests.browser_builders import DAFSU, HUB, LOOKED_AT, NAMES, NARROW, Told, follow, sit_down, window
from tests.browser_visits import SCHEME, Reach, Visits
from tests.pulse_builders import FORMS, raised, some_forms_raised
from tests.system import Running, eventually

SEE, DO = "See what reading it again would do", "Read it again now"
TOLD: Final = Told(reference="", aliases={}, message="")
"""Nothing was told to anybody here: these pages are about the machinery."""


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A system whose pulse has something to show, and in which one record of DAFSU's topic is none."""
    with some_forms_raised(tmp_path_factory.mktemp("operations")) as running:
        eventually(lambda: raised(running), 60.0)
        writer = KafkaWriter(Access.at(running.settings.kafka, running.data / "credentials", ADMIN))
        writer.append("to.dafsu", [Record(key=b"k", value=b"no release")])
        running.cli("settle")
        yield running


@pytest.fixture(scope="module")
def visits(browser: Browser, spoilt: Running) -> Visits:
    return Visits(browser, spoilt, TOLD)


def trace_of_adoption(system: Running) -> str:
    """Return the trace in which the first policy came, once its steps are written."""
    found = System(system.url, system.data).get("/v1/operations/records?topic=log&from=0").good()["records"]
    trace: str = next(one["trace"] for one in found if one["type"] == "PolicyAdopted")
    eventually(lambda: "door.take" in [step["name"] for step in steps_of(system.data, trace)])
    return trace


def adoption(system: Running) -> str:
    """Return the id in the log of the event that adopted the first policy."""
    found = System(system.url, system.data).get("/v1/operations/records?topic=log&from=0").good()["records"]
    return next(str(one["event_id"]) for one in found if one["type"] == "PolicyAdopted")


def operations(page: Page, system: Running, told: Told = TOLD) -> None:
    sit_down(page, system, HUB)
    follow(page.get_by_role("link", name="Operations"))


def tried(page: Page, system: Running, told: Told) -> None:
    operations(page, system)
    follow(page.get_by_role("button", name=SEE))


def records(page: Page, system: Running, told: Told) -> None:
    operations(page, system)
    page.get_by_label("Topic").select_option("log")
    page.get_by_label("From which record on").fill("0")
    follow(page.get_by_role("button", name="Look, with the content masked"))


def follow_trace(page: Page, system: Running, which: str) -> None:
    operations(page, system)
    page.get_by_label("The trace's id, or an event's").fill(which)
    follow(page.get_by_role("button", name="Follow it"))


def trace(page: Page, system: Running, told: Told) -> None:
    follow_trace(page, system, trace_of_adoption(system))


def trace_by_event(page: Page, system: Running, told: Told) -> None:
    trace_of_adoption(system)
    follow_trace(page, system, adoption(system))


def no_trace(page: Page, system: Running, told: Told) -> None:
    follow_trace(page, system, "no-such-event")


def pulse(page: Page, system: Running, told: Told = TOLD) -> None:
    sit_down(page, system, HUB)
    follow(page.get_by_role("link", name="Pulse"))


TITLES: Final[Mapping[Reach, str]] = {
    operations: "Operations – Sightline",
    tried: "Read it again? – Sightline",
    records: "Records of a topic – Sightline",
    trace: "Steps of a trace – Sightline",
    pulse: "Pulse – Sightline",
}
"""Every page of the operators', and what it is called."""

each_page = pytest.mark.parametrize("reach", TITLES, ids=lambda reach: reach.__name__)


@pytest.mark.parametrize("width", LOOKED_AT)
@each_page
def test_nothing_stands_in_the_way_of_anybody(visits: Visits, reach: Reach, width: int) -> None:
    assert visits.to(reach).problems[width] == []


@each_page
def test_nothing_has_to_be_scrolled_to_sideways_on_a_phone(visits: Visits, reach: Reach) -> None:
    assert visits.to(reach).fits_a_phone


@each_page
def test_nothing_is_lost_at_twice_its_size(visits: Visits, reach: Reach) -> None:
    assert visits.to(reach).lost_at_twice == []


@each_page
def test_each_page_says_what_it_is_and_its_address_nothing(visits: Visits, reach: Reach) -> None:
    seen = visits.to(reach)

    assert seen.title == TITLES[reach]
    assert not [address for address in seen.addresses if "?" in address]
    assert seen.told_of(*NAMES, SCHEME) == []


@each_page
def test_the_browser_has_nothing_to_say_against_it(visits: Visits, reach: Reach) -> None:
    assert visits.to(reach).complaints == []


def test_a_topic_is_looked_at_with_its_content_masked(visits: Visits) -> None:
    assert "type: PolicyAdopted" in visits.to(records).html


@pytest.mark.parametrize("reach", [trace, trace_by_event])
def test_a_trace_is_followed_as_text_by_its_id_or_an_events(visits: Visits, reach: Reach) -> None:
    seen = visits.to(reach).html

    assert "door.take" in seen
    assert f"trace {trace_of_adoption(visits.system)}" in seen


def test_the_id_of_nothing_is_followed_nowhere(visits: Visits) -> None:
    assert "No step was exported under that id" in visits.to(no_trace).html


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


def test_without_a_script_the_pulses_table_and_bars_are_there(browser: Browser, spoilt: Running) -> None:
    with window(browser, spoilt, scripts=False) as page:
        pulse(page, spoilt)

        row = page.get_by_role("row", name="2 September 2024 at 9:00am")
        assert str(FORMS) in row.inner_text()
        assert page.locator("svg.sightline-bars rect").count() >= 1


@pytest.mark.parametrize(("name", "path"), [("Operations", "/operations"), ("Pulse", "/pulse")])
def test_nobody_else_has_a_way_there(browser: Browser, spoilt: Running, name: str, path: str) -> None:
    with window(browser, spoilt) as page:
        sit_down(page, spoilt, DAFSU)
        assert page.get_by_role("link", name=name).count() == 0

        page.goto(path)
        assert page.title() == "There is nothing here – Sightline"
