"""The pages of policies: which there are, one of them drawn and in words, and two compared.

Everybody signed in may see the policy in force: it names nobody, and it is what they are told things by.
Every other version is for the Hub, the partnership's office, auditors and agencies' own leads. The keyring
decides (`rights.reads_policies`); what it does not answer is a page that is not there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from services.consent.pages.comparing import compared
from services.consent.pages.desk import OK, UNPROCESSABLE, Desk, Row, absent, rows_of, text_of
from services.consent.pages.matrix import Events, Matrix, drawn, events
from services.consent.pages.spoken import Of, spoken
from services.consent.rules.policy import Policy
from services.consent.rules.reading import PolicyError, parse

VERSIONS: Final = "/v1/policy/versions"
HASH: Final = re.compile(r"[0-9a-f]{12,64}", re.ASCII)
NAME: Final = re.compile(r"[a-z]{1,32}", re.ASCII)
SHORT = 12
STANDINGS: Final = {"in-force": "In force", "coming": "Coming", "earlier": "Earlier"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A policy as its page shows it."""

    policy: Policy
    matrix: Matrix
    events: Events
    rules: tuple[Of, ...]


def router(desk: Desk) -> APIRouter:
    """Return the routes of these pages. Addresses hold hashes, and names of shipped policies."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/policy")
    async def policies(request: Request) -> Response:
        answer = await desk.ask(request, VERSIONS)
        if answer.status != OK:
            return await _shown(desk, request, {}, may_compare=False)
        versions = [_version(row, desk) for row in rows_of(answer.body, "versions")]
        values = {"versions": versions, "shipped": rows_of(answer.body, "shipped"), "standings": STANDINGS}
        return desk.page(request, "consent/policies.html", values)

    @routes.get("/policy/diff")
    async def diff(request: Request, before: str = "", after: str = "") -> Response:
        answer = await desk.ask(request, VERSIONS)
        if answer.status != OK:
            return absent(desk, request)
        choices = _choices(answer.body)
        asked = {"before": before, "after": after}
        if not (before or after):
            return _compare(desk, request, choices, asked, {})
        texts = {name: await _text(desk, request, which) for name, which in asked.items()}
        if missing := [name for name, text in texts.items() if text is None]:
            return _compare(desk, request, choices, asked, {"missing": missing, "error": True})
        found = await run_in_threadpool(compared, texts["before"] or "", texts["after"] or "", desk.title_of)
        return _compare(desk, request, choices, asked, {"found": found})

    @routes.get("/policy/{which}")
    async def policy(request: Request, which: str) -> Response:
        query = _query(which)
        if query is None:
            return absent(desk, request)
        answer = await desk.ask(request, VERSIONS)
        return await _shown(desk, request, query, may_compare=answer.status == OK)

    return routes


async def _shown(desk: Desk, request: Request, query: Mapping[str, str], *, may_compare: bool) -> Response:
    answer = await desk.ask(request, "/v1/policy", query)
    if answer.status != OK:
        return absent(desk, request)
    drawing = await run_in_threadpool(_drawn, text_of(answer.body, "text"), desk)
    values = {
        "drawn": drawing,
        "lawful": not drawing.policy.unlawful,
        "adopted_at": answer.body.get("adopted_at"),
        "may_compare": may_compare,
        "name": query.get("shipped") or drawing.policy.hash,
    }
    return desk.page(request, "consent/policy.html", values)


def _drawn(text: str, desk: Desk) -> Drawn:
    policy = parse(text)
    return Drawn(
        policy=policy,
        matrix=drawn(policy, desk.title_of),
        events=events(policy, desk.title_of),
        rules=spoken(policy, desk.title_of),
    )


def _compare(
    desk: Desk,
    request: Request,
    choices: Mapping[str, str],
    asked: Mapping[str, str],
    more: Mapping[str, object],
) -> Response:
    values = {"choices": choices, "asked": asked, "missing": (), **more}
    return desk.page(request, "consent/policy-diff.html", values, UNPROCESSABLE if "error" in more else OK)


def _query(which: str) -> Mapping[str, str] | None:
    """Return how the keyring is asked for a policy; None for what is neither a hash nor a name."""
    if HASH.fullmatch(which):
        return {"hash": which}
    return {"shipped": which} if NAME.fullmatch(which) else None


async def _text(desk: Desk, request: Request, which: str) -> str | None:
    query = _query(which)
    if query is None:
        return None
    answer = await desk.ask(request, "/v1/policy", query)
    if answer.status != OK:
        return None
    text = text_of(answer.body, "text")
    return text if _is_policy(text) else None


def _is_policy(text: str) -> bool:
    try:
        parse(text)
    except PolicyError:
        return False
    return True


def _version(row: Row, desk: Desk) -> Row:
    people = [text_of(row, name) for name in ("adopted_by", "confirmed_by")]
    return {
        **row,
        "adopted_by": " and ".join(desk.name_of(each) for each in people if each),
        "short": text_of(row, "hash")[:SHORT],
    }


def _choices(body: Row) -> Mapping[str, str]:
    """Return the policies that can be compared, each once, by what names it in an address."""
    adopted = {
        text_of(row, "hash"): f"{row.get('name')}, version {row.get('version')}"
        f" ({text_of(row, 'hash')[:SHORT]}), {STANDINGS.get(text_of(row, 'standing'), '').lower()}"
        for row in reversed(rows_of(body, "versions"))
    }
    shipped = {
        text_of(row, "name"): f"{row.get('name')}, as shipped, version {row.get('version')}"
        for row in rows_of(body, "shipped")
    }
    return {**dict(reversed(adopted.items())), **shipped}
