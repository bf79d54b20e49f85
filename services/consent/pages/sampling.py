"""A dip sample of a list, of what rests on people's word: so many, by a seed that draws them again (NA 8).

It is asked by a form, of the days the list is shown for. How many there are in all is not said: a sample
smaller than what was asked for is the whole of them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.consent.keyring.asking import List
from services.consent.keyring.sampling import SEED
from services.consent.pages.desk import OK, UNPROCESSABLE, Desk, absent, rows_of, text_of
from services.consent.pages.ledger import LEDGER, days_in, problem_of
from services.consent.pages.lists import KINDS, lines

MOST: Final = 100
"""Rows of one sample: each is read by somebody, whole."""

SIZE: Final = re.compile(r"[1-9]\d{0,2}", re.ASCII)
HOW_MANY: Final = f"Enter how many to draw, from 1 to {MOST}"
WHICH_SEED: Final = "Enter a seed of letters, digits and hyphens, at most 64; or leave it empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What is asked for, as it was typed: how many, by which seed, of which days."""

    size: str
    seed: str
    days: Mapping[str, str]

    @property
    def problems(self) -> Mapping[str, str]:
        """Return what is wrong with it, by field, in the form's order."""
        several = SIZE.fullmatch(self.size) is not None and int(self.size) <= MOST
        fitting = not self.seed or re.fullmatch(SEED, self.seed) is not None
        found = {
            "sample": "" if several else HOW_MANY,
            "seed": "" if fitting else WHICH_SEED,
            "from": problem_of(self.days) or "",
        }
        return {name: text for name, text in found.items() if text}

    @property
    def query(self) -> Mapping[str, str | int]:
        """Return it as the keyring is asked; of no seed it makes one."""
        named = {**self.days, "seed": self.seed}
        return {
            "sample": int(self.size),
            "limit": MOST,
            **{name: text for name, text in named.items() if text},
        }


def router(desk: Desk) -> APIRouter:
    """Return the routes. Each has the address of its list, which holds nothing of what is asked."""
    routes = APIRouter(include_in_schema=False)

    @routes.post("/ledger/overridden")
    async def draw_overridden(request: Request) -> Response:
        return await draw(request, List.OVERRIDDEN)

    @routes.post("/ledger/own-word")
    async def draw_own_word(request: Request) -> Response:
        return await draw(request, List.OWN_WORD)

    async def draw(request: Request, name: List) -> Response:
        sent = await desk.form(request)
        drawing = Drawing(
            size=str(sent.get("sample", "")).strip(),
            seed=str(sent.get("seed", "")).strip(),
            days=days_in(sent),
        )
        problems = drawing.problems
        query = {"limit": 1} if problems else drawing.query
        answer = await desk.ask(request, f"{LEDGER}/{name}", query)
        if answer.status != OK:
            return absent(desk, request)
        drawn = not problems
        values = {
            "name": name.value,
            "kind": KINDS[name],
            "drawing": drawing,
            "problems": problems,
            "drawn": drawn,
            "seed": text_of(answer.body, "seed") if drawn else drawing.seed,
            "lines": lines(KINDS[name], rows_of(answer.body, "rows"), desk) if drawn else [],
        }
        values |= {} if drawn else {"error": True}
        return desk.page(request, "consent/sample.html", values, OK if drawn else UNPROCESSABLE)

    return routes
