"""Small pictures: a page of text needs few colours, so it is kept as a PNG with a palette of them.

The browser that took a picture also counts its colours. Half of the palette are the commonest, and half those
least like what is in it already: a red word is rare and matters. Each pixel has the nearest.
What is written is a PNG of one byte for two pixels (ISO/IEC 15948, colour type 3, bit depth 4).
"""

from __future__ import annotations

import base64
import struct
import zlib
from dataclasses import dataclass

from playwright.sync_api import FloatRect, Page

COLOURS = 16
TALLEST = 2600
"""Pixels of a page that are shown, from its top."""

SIGNATURE = b"\x89PNG\r\n\x1a\n"
PALETTE, BITS = 3, 4

REDUCE = """
async ([png, most]) => {
  const raw = Uint8Array.from(atob(png), letter => letter.charCodeAt(0));
  const image = await createImageBitmap(new Blob([raw], {type: "image/png"}));
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, image.width, image.height).data;
  const colour = at => ((pixels[at] >> 3) << 10) | ((pixels[at + 1] >> 3) << 5) | (pixels[at + 2] >> 3);
  const counted = new Map();
  const exact = new Map();
  for (let at = 0; at < pixels.length; at += 4) {
    const one = colour(at);
    counted.set(one, (counted.get(one) || 0) + 1);
    if (!exact.has(one)) exact.set(one, [pixels[at], pixels[at + 1], pixels[at + 2]]);
  }
  const likely = [...counted].sort((a, b) => b[1] - a[1]).map(([one]) => exact.get(one));
  const apart = (a, b) => (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
  const palette = [];
  const distance = value => Math.min(...palette.map(known => apart(known, value)));
  for (const value of likely) {
    if (palette.length < most / 2 && (!palette.length || distance(value) > 500)) palette.push(value);
  }
  while (palette.length < most) {
    palette.push(likely.reduce((far, value) => distance(value) > distance(far) ? value : far));
  }
  const nearest = new Map();
  for (const [one, value] of exact) {
    const distances = palette.map(known => apart(known, value));
    nearest.set(one, distances.indexOf(Math.min(...distances)));
  }
  const indexes = new Uint8Array(image.width * image.height);
  for (let at = 0; at < indexes.length; at++) indexes[at] = nearest.get(colour(at * 4));
  let text = "";
  for (let at = 0; at < indexes.length; at += 8192) {
    text += String.fromCharCode(...indexes.subarray(at, at + 8192));
  }
  return {width: image.width, height: image.height, palette, indexes: btoa(text)};
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """A picture: its colours, and for each pixel, row by row, the place of its colour among them."""

    width: int
    height: int
    palette: tuple[tuple[int, int, int], ...]
    indexes: bytes


def taken(page: Page, aside: Page) -> bytes:
    """Return a picture of a page from its top, as a small PNG; `aside` is a window to work in."""
    shot = page.screenshot(full_page=True, animations="disabled", clip=_clip(page))
    said = aside.evaluate(REDUCE, [base64.b64encode(shot).decode(), COLOURS])
    return png(
        Indexed(
            width=said["width"],
            height=said["height"],
            palette=tuple((red, green, blue) for red, green, blue in said["palette"]),
            indexes=base64.b64decode(said["indexes"]),
        )
    )


def png(picture: Indexed) -> bytes:
    """Return a picture as a PNG: at most 16 colours, two pixels a byte."""
    rows = (
        picture.indexes[at : at + picture.width]
        for at in range(0, picture.width * picture.height, picture.width)
    )
    packed = b"".join(b"\x00" + _packed(row) for row in rows)
    header = struct.pack(">IIBBBBB", picture.width, picture.height, BITS, PALETTE, 0, 0, 0)
    colours = bytes(part for colour in picture.palette for part in colour)
    return SIGNATURE + b"".join(
        (_chunk(b"IHDR", header), _chunk(b"PLTE", colours), _chunk(b"IDAT", zlib.compress(packed, 9)),
         _chunk(b"IEND", b""))
    )  # fmt: skip


def _packed(row: bytes) -> bytes:
    """Return a row with two pixels in a byte, the first in its upper half."""
    even = row if len(row) % 2 == 0 else row + b"\x00"
    return bytes(left << BITS | right for left, right in zip(even[::2], even[1::2], strict=True))


def _chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))


def _clip(page: Page) -> FloatRect:
    size = page.evaluate("[document.documentElement.clientWidth, document.documentElement.scrollHeight]")
    return {"x": 0, "y": 0, "width": size[0], "height": min(size[1], TALLEST)}
