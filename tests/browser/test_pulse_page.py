"""The pulse in Chromium: for a screen reader, at 320 pixels, under the policy, and without a script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser_builders import DAFSU, HUB, NARROW, WIDE, follow, is_within, problems_of, sit_down, window
from tests.pulse_builders import FORMS, raised, some_forms_raised
from tests.system import Running, eventually


@pytest.fixture(scope="module")
def beating(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A system whose pulse has something to show."""
    with some_forms_raised(tmp_path_factory.mktemp("pulse")) as running:
        eventually(lambda: raised(running), 60.0)
        yield running


def pulse(page: Page, system: Running) -> None:
    sit_down(page, system, HUB)
    follow(page.get_by_role("link", name="Pulse"))


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_nothing_stands_in_the_way_of_anybody(browser: Browser, beating: Running, width: int) -> None:
    with window(browser, beating, width=width) as page:
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text))

        pulse(page, beating)

        assert page.title() == "Pulse – Sightline"
        assert problems_of(page) == []
        assert is_within(page, width)
        assert complaints == []


def test_without_a_script_the_table_and_the_bars_are_there(browser: Browser, beating: Running) -> None:
    with window(browser, beating, scripts=False) as page:
        pulse(page, beating)

        row = page.get_by_role("row", name="2 September 2024 at 9:00am")
        assert str(FORMS) in row.inner_text()
        assert page.locator("svg.sightline-bars rect").count() >= 1


def test_nobody_else_has_a_way_there(browser: Browser, beating: Running) -> None:
    with window(browser, beating) as page:
        sit_down(page, beating, DAFSU)
        assert page.get_by_role("link", name="Pulse").count() == 0

        page.goto("/pulse")
        assert page.title() == "There is nothing here – Sightline"
