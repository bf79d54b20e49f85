"""The keyring's HTTP side: open, explain, count, show the policy, try a draft."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query
from fastapi.responses import JSONResponse, Response, StreamingResponse

from services.consent.api import described, described_incident, described_lists, described_policy
from services.consent.api.answering import answered, nothing_here, store_away
from services.consent.api.asked import LONGEST_NAME, Draft, Held, Named, Opening, WhereElse
from services.consent.keyring.asking import MOST, List, Order, Question
from services.consent.keyring.counts import summary
from services.consent.keyring.incidents import Incidents
from services.consent.keyring.ledgers import Ledgers
from services.consent.keyring.opening import Opener, Request
from services.consent.keyring.own import Published
from services.consent.keyring.paging import LONGEST as LONGEST_CURSOR
from services.consent.keyring.rights import may_try, sees_all
from services.consent.keyring.sampling import SEED
from services.consent.keyring.telling import Teller
from services.consent.keyring.timelines import Timeline, Timelines
from services.consent.keyring.tracing import Traces
from services.consent.keyring.trying import Trier
from services.consent.keyring.versions import Versions
from services.consent.keyring.whom import InRole
from services.consent.rules.reading import PolicyError
from services.consent.store.days import Days
from services.consent.store.ledger import Ledger
from services.runtime.identity import Caller, Verifier
from services.runtime.partnership import Role
from services.runtime.web import problem
from services.vocabulary.times import format_time

Token = Annotated[str | None, Header(alias="Authorization")]
ListName = Annotated[str, Path(json_schema_extra={"enum": [each.value for each in List]})]
"""A list's name as it was sent: one that there is not is answered like one that is not the caller's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """What the keyring answers from. Without `trier` no draft can be tried."""

    verifier: Verifier
    opener: Opener
    timelines: Timelines
    teller: Teller
    ledger: Ledger
    ledgers: Ledgers
    incidents: Incidents
    published: Published
    traces: Traces
    recipients: tuple[str, ...]
    trier: Trier
    versions: Versions
    new_seed: Callable[[], str]


def router(keyring: Keyring) -> APIRouter:
    """Return the keyring's routes."""
    routes = APIRouter()
    store_away()
    _opening(routes, keyring)
    _telling(routes, keyring)
    _counting(routes, keyring)
    _policies(routes, keyring)
    _trying(routes, keyring.verifier, keyring.trier)
    _redeciding(routes, keyring.verifier, keyring.trier)
    return routes


def no_such_days() -> JSONResponse:
    """Return the answer for days in the wrong order."""
    return problem(422, "no such days", "`from` is after `to`: give the earlier day first")


def _opening(routes: APIRouter, keyring: Keyring) -> None:
    @routes.post(
        "/v1/open",
        summary="Open sections that were released to the caller's agency",
        responses=described.OPENED,
    )
    def open_sections(body: Opening, authorization: Token = None) -> Response:
        def opened(caller: Caller) -> JSONResponse:
            if caller.person is None and caller.role is not Role.SERVICE:
                return problem(403, "nobody named", "opening is by a named person: put `sub` in the token")
            sections = tuple(body.sections) if body.sections is not None else None
            found = keyring.opener.open(
                caller, Request(release_id=body.release_id, purpose=body.purpose.strip(), sections=sections)
            )
            return JSONResponse({"sections": found.sections, "opening_id": found.opening_id})

        return answered(keyring.verifier, authorization, opened)

    @routes.post(
        "/v1/timeline",
        summary="Where the person in a section stands among the caller's own releases, in every part",
        responses=described.TIMELINE,
    )
    def timeline(body: WhereElse, authorization: Token = None) -> Response:
        def followed(caller: Caller) -> JSONResponse:
            if caller.person is None:
                return problem(403, "nobody named", "a named person asks: put `sub` in the token")
            found = keyring.timelines.of(caller, body.release_id, body.section, body.purpose.strip())
            return JSONResponse(_timeline(found))

        return answered(keyring.verifier, authorization, followed)

    @routes.post(
        "/v1/opened",
        summary="Which of these releases anybody in the caller's agency has opened",
        responses=described.OPENED_BEFORE,
    )
    def opened_before(body: Held, authorization: Token = None) -> Response:
        return answered(
            keyring.verifier,
            authorization,
            lambda caller: JSONResponse({"opened": keyring.ledgers.opened(caller, body.releases)}),
        )


def _timeline(found: Timeline) -> dict[str, Any]:
    parts = [
        {
            "incident": each.incident,
            "part": each.part,
            "releases": [
                {"release_id": one.release.release_id, "section": one.section} for one in each.stands
            ],
        }
        for each in found.parts
    ]
    return {"parts": parts, "opening_id": found.opening_id}


def _telling(routes: APIRouter, keyring: Keyring) -> None:
    @routes.get(
        "/v1/events/{event:path}/explanation",
        summary="Who may see an event, and why",
        responses=described.EXPLANATION,
    )
    def explanation(event: str, authorization: Token = None, to: str | None = None) -> Response:
        return answered(
            keyring.verifier,
            authorization,
            lambda caller: JSONResponse(keyring.teller.about_event(caller, event, to)),
        )

    @routes.get(
        "/v1/incidents/{alias}/sharing",
        summary="Who may see what of an incident, for the Hub",
        responses=described.SHARING,
    )
    def sharing(alias: str, authorization: Token = None) -> Response:
        return answered(
            keyring.verifier,
            authorization,
            lambda caller: JSONResponse(keyring.teller.about_incident(caller, alias)),
        )

    @routes.get(
        "/v1/incidents/{alias}/account",
        summary="All that was said of an incident, for the Hub",
        responses=described_incident.ACCOUNT,
    )
    def account(alias: str, authorization: Token = None) -> Response:
        return answered(
            keyring.verifier,
            authorization,
            lambda caller: JSONResponse(keyring.incidents.account(caller, alias)),
        )

    @routes.get(
        "/v1/incidents/{alias}/own",
        summary="What the caller's agency took back of an incident, and whom one event of its own named",
        responses=described_incident.OWN,
    )
    def own(
        alias: str,
        authorization: Token = None,
        event: Annotated[str | None, Query(max_length=LONGEST_NAME)] = None,
    ) -> Response:
        def told(caller: Caller) -> JSONResponse:
            found = keyring.published.of(caller, alias, event)
            return JSONResponse({"incident": alias, "own": [each._asdict() for each in found]})

        return answered(keyring.verifier, authorization, told)

    @routes.post(
        "/v1/operations/trace",
        summary="The trace an event came in, for operators",
        responses=described.TRACED,
    )
    def trace(body: Named, authorization: Token = None) -> Response:
        return answered(
            keyring.verifier,
            authorization,
            lambda caller: JSONResponse(keyring.traces.of_event(caller, body.event)),
        )


def _counting(routes: APIRouter, keyring: Keyring) -> None:
    @routes.get("/v1/ledger", summary="The names of the lists the caller may have", responses=described.NAMES)
    def ledger_names(authorization: Token = None) -> Response:
        def named(caller: Caller) -> JSONResponse:
            names = keyring.ledgers.names(caller)
            return JSONResponse({"lists": [each.value for each in names]}) if names else nothing_here()

        return answered(keyring.verifier, authorization, named)

    @routes.get(
        "/v1/ledger/summary",
        summary="What was shared and what was not, by ground and reason",
        responses=described.SUMMARY,
    )
    def ledger_summary(
        authorization: Token = None,
        first: Annotated[date | None, Query(alias="from")] = None,
        last: Annotated[date | None, Query(alias="to")] = None,
    ) -> Response:
        def counted(caller: Caller) -> JSONResponse:
            if not (sees_all(caller) or caller.agency == "partnership"):
                return nothing_here()
            days = _days(first, last)
            if days is None:
                return no_such_days()
            return JSONResponse(summary(keyring.ledger, keyring.recipients, days))

        return answered(keyring.verifier, authorization, counted)

    @routes.get("/v1/ledger/{name}", summary="The ledger as lists", responses=described_lists.LIST)
    def ledger_list(
        name: ListName,
        authorization: Token = None,
        first: Annotated[date | None, Query(alias="from")] = None,
        last: Annotated[date | None, Query(alias="to")] = None,
        sample: Annotated[int | None, Query(ge=1, le=MOST)] = None,
        seed: Annotated[str | None, Query(pattern=SEED)] = None,
        person: Annotated[str | None, Query(max_length=LONGEST_NAME)] = None,
        event: Annotated[str | None, Query(max_length=LONGEST_NAME)] = None,
        role: Annotated[str, Query(max_length=LONGEST_NAME)] = "victim",
        below_threshold: bool | None = None,
        overdue: bool | None = None,
        order: Order = Order.AS_LISTED,
        after: Annotated[str | None, Query(max_length=LONGEST_CURSOR)] = None,
        limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
    ) -> Response:
        def listed(caller: Caller) -> JSONResponse:
            days = _days(first, last)
            if name not in set(List):
                return nothing_here()
            if days is None:
                return no_such_days()
            question = Question(
                days=days,
                sample=sample,
                seed=seed if seed is not None else keyring.new_seed(),
                person=person,
                named=InRole(event, role) if event is not None else None,
                below_threshold=below_threshold,
                overdue=overdue,
                order=order,
                after=after,
                limit=limit,
            )
            return JSONResponse(keyring.ledgers.rows(caller, List(name), question))

        return answered(keyring.verifier, authorization, listed)


def _policies(routes: APIRouter, keyring: Keyring) -> None:
    @routes.get(
        "/v1/policy/versions",
        summary="Every policy adopted, coming or shipped, for who may compare",
        responses=described_policy.VERSIONS,
    )
    def versions(authorization: Token = None) -> Response:
        def listed(caller: Caller) -> JSONResponse:
            found = keyring.versions.listed(caller)
            return JSONResponse(found) if found is not None else nothing_here()

        return answered(keyring.verifier, authorization, listed)

    @routes.get(
        "/v1/policy",
        summary="The policy in force; or another, by its hash or the name it ships by",
        responses=described_policy.SHOWN,
    )
    def policy(
        authorization: Token = None,
        hash_: Annotated[str | None, Query(alias="hash", pattern="^[0-9a-f]{12,64}$")] = None,
        shipped: Annotated[str | None, Query(max_length=LONGEST_NAME)] = None,
    ) -> Response:
        """The one in force is for everybody, any other for who may read every version."""

        def shown(caller: Caller) -> JSONResponse:
            if shipped is not None:
                known = keyring.versions.shipped(caller, shipped)
                return JSONResponse(known) if known is not None else nothing_here()
            found = keyring.versions.adopted(caller, hash_)
            if found is None and hash_ is not None:
                return nothing_here()
            if found is None:
                return problem(404, "no policy", "no policy is adopted yet: publish a PolicyAdopted")
            return JSONResponse(
                {
                    "hash": found.hash,
                    "name": found.name,
                    "version": found.version,
                    "text": found.text,
                    "adopted_at": found.adopted_at,
                    "coming": [
                        {"hash": each.hash, "effective_at": format_time(each.effective_at)}
                        for each in keyring.ledger.taking_part().coming
                    ],
                }
            )

        return answered(keyring.verifier, authorization, shown)


def _days(first: date | None, last: date | None) -> Days | None:
    """Return the days asked about, or None where they end before they begin."""
    if first is not None and last is not None and first > last:
        return None
    return Days(first=first, last=last)


def _trying(routes: APIRouter, verifier: Verifier, trier: Trier) -> None:
    @routes.post(
        "/v1/policy/whatif",
        summary="What a draft would have done on the log as it is",
        response_class=StreamingResponse,
        responses=described_policy.TRIED,
    )
    def whatif(body: Draft, authorization: Token = None) -> Response:
        """Answer line by line, as JSON: `{"read", "of"}` now and then, and at last `{"result"}`.

        A line `{"problem"}` in its place: the log did not answer to its end. Nothing is written.
        """

        def tried(caller: Caller) -> Response:
            if not may_try(caller):
                return nothing_here()
            try:
                lines = trier.tries(body.text, body.examples)
            except PolicyError as error:
                reasons = [_fault(reason) for reason in error.reasons]
                return problem(422, "no policy", "the draft cannot be applied: see reasons", reasons=reasons)
            return StreamingResponse(map(_line, lines), media_type="application/x-ndjson")

        return answered(verifier, authorization, tried)


def _redeciding(routes: APIRouter, verifier: Verifier, trier: Trier) -> None:
    @routes.get(
        "/v1/decisions/redecided",
        summary="Where today's code would decide the log otherwise",
        response_class=StreamingResponse,
        responses=described_policy.REDECIDED,
    )
    def redecided(authorization: Token = None) -> Response:
        """Answer line by line, as `/v1/policy/whatif` does. Nothing is written."""

        def told(caller: Caller) -> Response:
            if not sees_all(caller):
                return nothing_here()
            return StreamingResponse(map(_line, trier.redecides()), media_type="application/x-ndjson")

        return answered(verifier, authorization, told)


def _fault(reason: str) -> Mapping[str, str]:
    fix = "mend it and ask again: sightline policy check says what else is wrong"
    return {"pointer": "/text", "rule": "policy", "detail": reason, "fix": fix}


def _line(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode() + b"\n"
