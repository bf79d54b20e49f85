"""The pulse as people see it: a table, and bars that say the same, without a script or a style of its own."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

from services.console.pages.navigation import ways
from services.console.pages.rendering import Pages
from services.console.pages.sessions import Visitor
from services.projections.pages.pulse import HEIGHT, WIDTH, pulse
from services.projections.pages.routes import TEMPLATES
from services.projections.pulse.api import document
from services.projections.rules.pulse import Cell, shown
from services.runtime.identity import Caller
from services.runtime.operators import operates
from services.runtime.partnership import Partnership
from services.runtime.settings import DEMO_PARTNERSHIP

PAGES = Pages({"projections": TEMPLATES})
"""Made once: a template is compiled by whoever makes pages."""

PARTNERSHIP = Partnership.load(DEMO_PARTNERSHIP)
NINE = datetime(2024, 9, 2, 9, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
COUNTS = {
    Cell("VpaRaised", NINE): 8,
    Cell("VpaRaised", NINE + QUARTER): 16,
    Cell("VpaRaised", NINE + 2 * QUARTER): 4,
    Cell("VpaReviewed", NINE): 6,
}


def body(counts: dict[Cell, int]) -> dict[str, object]:
    return document(shown(counts, NINE + timedelta(hours=2)))


def page(counts: dict[Cell, int]) -> str:
    values = {"pulse": pulse(body(counts)), "width": WIDTH, "height": HEIGHT}
    response = PAGES.page("projections/pulse.html", values)
    return bytes(response.body).decode().partition("<main")[2].partition("</main>")[0]


def rows(html: str) -> list[list[str]]:
    body = html.partition("<tbody")[2].partition("</tbody>")[0]
    return [
        [unescape(re.sub("<[^>]*>", "", cell)).strip() for cell in re.findall("<t[hd].*?</t[hd]>", row)]
        for row in body.split("</tr>")[:-1]
    ]


def test_the_table_has_the_newest_quarter_hour_first_and_those_alone_of_which_something_is_told() -> None:
    assert rows(page(COUNTS)) == [
        ["2 September 2024 at 10:15am", "16", "fewer than 5"],
        ["2 September 2024 at 10:00am", "8", "6"],
    ]


def test_the_bars_say_what_the_table_says() -> None:
    raised, reviewed = pulse(body(COUNTS)).charts

    assert [bar.height for bar in raised.bars] == [HEIGHT // 2, HEIGHT]
    assert [bar.height for bar in reviewed.bars] == [HEIGHT]
    assert raised.bars[0].x == reviewed.bars[0].x
    assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH for bar in raised.bars)


def test_a_screen_reader_is_given_the_table_and_not_the_bars() -> None:
    html = page(COUNTS)

    assert html.count("<svg") == html.count('aria-hidden="true" focusable="false"') == 2


def test_it_has_no_script_and_no_style_that_the_policy_would_refuse() -> None:
    html = page(COUNTS)

    assert "style=" not in html
    assert "<script" not in html


def test_a_quiet_day_says_that_there_is_nothing_to_show() -> None:
    html = page({Cell("AccessRestricted", NINE): 4})

    assert "There is no number to show" in html
    assert "<svg" not in html
    assert "Restricted" not in html


def test_the_way_to_the_pulse_stands_where_it_may_be_seen_and_nowhere_else() -> None:
    for agency in PARTNERSHIP.publishers():
        for person in PARTNERSHIP.people_of(agency):
            visitor = Visitor(
                person=person.id, name=person.name, agency=agency, title=agency, role=person.role
            )
            stands = "/pulse" in {way["href"] for way in ways(visitor, "/")}

            assert stands == operates(Caller(agency=agency, person=person.id, role=person.role))
