"""The tour shows every page there is a way to, in small pictures that its script made."""

import re
import struct
import zlib

import pytest

from services.runtime.places import ROOT
from tests.tour.pictures import SIGNATURE, Indexed, png
from tests.tour.stops import NO_WAY_TO, NOT_SHOWN, PAGES, SITE, STOPS, TITLED_BY, YET_TO_BE_TAKEN, Stop

FOLDER = ROOT / "infra" / "tour"
TEMPLATES = sorted((ROOT / "services").glob("*/templates/*.html"))
EXTENDS = '{% extends "layout.html" %}'
TITLE = re.compile(r'{% set title = "([^"]+)" %}')
TAKEN = tuple(stop for stop in STOPS if stop.title + SITE not in YET_TO_BE_TAKEN)
MOST_BYTES = 3_000_000


def test_every_page_has_a_picture_or_a_reason() -> None:
    shown = {stop.title + SITE for stop in STOPS}

    assert shown | set(NOT_SHOWN) == set(PAGES) | NO_WAY_TO
    assert all(NOT_SHOWN.values())


def test_every_template_that_is_a_page_has_a_way_to_it_or_a_reason() -> None:
    pages = {path.name: path.read_text("utf-8") for path in TEMPLATES if EXTENDS in path.read_text("utf-8")}
    written = {name: TITLE.search(text) for name, text in pages.items()}
    titles = {found[1] for found in written.values() if found} | set().union(*TITLED_BY.values())

    assert {name for name, found in written.items() if not found} == set(TITLED_BY)
    assert {title + SITE for title in titles} - set(PAGES) == NO_WAY_TO


def test_each_page_has_a_picture_of_its_own() -> None:
    assert len({stop.file for stop in STOPS}) == len(STOPS)


@pytest.mark.parametrize("stop", TAKEN, ids=lambda stop: stop.title)
def test_a_page_s_picture_is_there_and_stands_on_the_tour(stop: Stop) -> None:
    tour = (FOLDER / "README.md").read_text("utf-8")

    assert (FOLDER / stop.file).read_bytes().startswith(SIGNATURE)
    assert f"![{stop.title}]({stop.file})" in tour


def test_no_picture_is_left_of_a_page_that_is_gone() -> None:
    assert {path.name for path in FOLDER.glob("*.png")} == {stop.file for stop in TAKEN}


def test_all_pictures_together_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < MOST_BYTES


def test_a_page_that_is_not_shown_is_named_on_the_tour_with_its_reason() -> None:
    tour = (FOLDER / "README.md").read_text("utf-8")

    assert not [
        title for title, why in NOT_SHOWN.items() if f"- {title.removesuffix(SITE)}: {why}." not in tour
    ]


def test_a_picture_keeps_each_pixel_s_colour_at_an_odd_width_too() -> None:
    colours = ((255, 255, 255), (11, 12, 12), (29, 112, 184))
    written = png(Indexed(width=3, height=2, palette=colours, indexes=bytes([0, 1, 2, 2, 1, 0])))

    header, palette, content = (_chunk(written, kind) for kind in (b"IHDR", b"PLTE", b"IDAT"))
    assert struct.unpack(">II", header[:8]) == (3, 2)
    assert palette == b"\xff\xff\xff\x0b\x0c\x0c\x1d\x70\xb8"
    assert zlib.decompress(content) == bytes([0, 0x01, 0x20, 0, 0x21, 0x00])


def _chunk(written: bytes, kind: bytes) -> bytes:
    at = written.index(kind)
    (length,) = struct.unpack(">I", written[at - 4 : at])
    return written[at + 4 : at + 4 + length]
