"""Explanations over HTTP: in plain English, to who may know, and the same absence to everybody else."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI

from services.consent import api
from services.consent.keyring.opening import Keys, Opener
from services.consent.keyring.telling import Registry, Teller
from services.consent.store.ledger import Ledger
from services.eventlog.aliases import alias
from services.eventlog.ids import event_id
from services.eventlog.keys import FileKek, KeyStore
from services.runtime.clock import SystemClock
from services.runtime.database import engine_at
from services.runtime.identity import Verifier, folder_of, mint
from services.runtime.partnership import Partnership
from services.runtime.settings import DEMO_PARTNERSHIP
from services.vocabulary.events import EventType
from services.vocabulary.risk import Risk
from tests.gate_builders import (
    ALIAS_KEY,
    HILLSIDE,
    PERSON_KEY,
    ROUTING_KEY,
    START,
    Bench,
    a_child,
    a_form,
    catalogue,
    consent,
    grades,
    internal,
    policy_adopted,
)

ID_KEY = b"i" * 32
PARTNERSHIP = Partnership.load(DEMO_PARTNERSHIP)
HUB, RESPONDER = ("police", "p-hub-1"), ("police", "p-responder-3")
LEAD, PRACTITIONER = ("cedah", "p-cedah-1"), ("cedah", "p-cedah-2")


class Office:
    """The keyring's HTTP side over a bench, and callers with keys."""

    def __init__(self, url: str, folder: Path) -> None:
        engine = engine_at(url)
        self.bench = Bench(engine)
        self._folder = folder
        keys = KeyStore(engine, FileKek(b"k" * 32), randomness=lambda size: PERSON_KEY[:size])
        keys.create_tables()
        keys.create([internal("victim"), internal("causing harm"), internal("one")], at=START)
        ledger = Ledger(engine)
        self._app = FastAPI()
        self._app.include_router(
            api.router(
                api.Keyring(
                    verifier=Verifier(PARTNERSHIP, folder),
                    opener=Opener(
                        ledger=ledger,
                        log=self.bench.log.reader({}),
                        openings=self.bench.log.writer(),
                        keys=Keys(persons=keys, routing=ROUTING_KEY, catalogue=catalogue()),
                        clock=self.bench.clock,
                        new_id=lambda: "0" * 32,
                    ),
                    teller=Teller(
                        ledger,
                        Registry(
                            publishers=PARTNERSHIP.publishers(),
                            title_of=PARTNERSHIP.title_of,
                            id_key=ID_KEY,
                            alias_key=ALIAS_KEY,
                        ),
                    ),
                    ledger=ledger,
                    recipients=PARTNERSHIP.recipients(),
                )
            )
        )
        self.bench.publish(policy_adopted())

    def ask(
        self, who: tuple[str, str | None], path: str, body: Mapping[str, Any] | None = None
    ) -> httpx.Response:
        async def answer() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://keyring") as client:
                headers = {"authorization": f"Bearer {self._token(*who)}"}
                if body is None:
                    return await client.get(path, headers=headers)
                return await client.post(path, headers=headers, json=body)

        return asyncio.run(answer())

    def decisions(self, who: tuple[str, str | None], event: str, to: str | None = None) -> dict[str, Any]:
        found = self.ask(who, f"/v1/events/{event}/explanation" + (f"?to={to}" if to else ""))
        assert found.status_code == 200, found.text
        return {row["recipient"]: row for row in found.json()["decisions"]}

    def _token(self, agency: str, person: str | None) -> str:
        own = self._folder / folder_of(agency)
        if not own.exists():
            own.mkdir()
            key = Ed25519PrivateKey.generate()
            public = key.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            (own / "key.pub.pem").write_bytes(public)
            private = key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            (own / "key.pem").write_bytes(private)
        return mint(agency, person, (own / "key.pem").read_bytes(), SystemClock().now())


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Office:
    return Office(database_url, tmp_path)


def test_the_hub_is_told_of_every_decision_with_its_rule_paragraph_and_policy(office: Office) -> None:
    form = a_form(of=grades(Risk.MEDIUM), consent={"cedah": "refused"})
    office.bench.publish(form)
    office.bench.settle()

    told = office.decisions(HUB, form.event_id)

    assert len(told) == 18
    text = told["cedah"]["text"]
    assert "owed the form, but nothing gives a lawful ground" in text
    assert "NA 4.11" in text
    assert "Consent was refused on 2 September 2024" in text
    assert "policy strict, version 2" in text
    assert "It would be told if" in text
    assert "consented" in text


def test_an_answer_given_again_is_the_one_that_is_explained(office: Office) -> None:
    form, late = a_form(of=grades(Risk.MEDIUM)), consent({"cedah": "given"})
    office.bench.publish(form, late)
    office.bench.settle()

    told = office.decisions(HUB, form.event_id)["cedah"]

    assert (told["outcome"], told["ground"], told["cause"]) == ("permit", "consent", late.event_id)
    assert "Consent was given on 2 September 2024" in told["text"]
    assert "It ends when consent ends" in told["text"]


def test_an_event_is_found_by_its_publishers_own_id(office: Office) -> None:
    office.bench.publish(a_form(of=grades(Risk.HIGH), event_id=event_id(ID_KEY, "police", "VPA 17/2024")))
    office.bench.settle()

    found = office.ask(HUB, "/v1/events/VPA%2017%2F2024/explanation")

    assert found.json()["event_id"] == event_id(ID_KEY, "police", "VPA 17/2024")
    assert found.json()["incident"] == alias(ALIAS_KEY, internal("incident"), "incident", "police")


def test_a_lead_is_told_of_denials_about_its_own_agency_and_a_practitioner_of_permits_alone(
    office: Office,
) -> None:
    form = a_form(of=grades(Risk.MEDIUM))
    office.bench.publish(form)
    office.bench.settle()
    path = f"/v1/events/{form.event_id}/explanation"

    assert set(office.decisions(LEAD, form.event_id)) == {"cedah"}
    assert office.ask(PRACTITIONER, path).status_code == 404
    office.bench.publish(consent({"cedah": "given"}))
    office.bench.settle()
    assert set(office.decisions(PRACTITIONER, form.event_id)) == {"cedah"}


def test_nobody_is_told_about_another_recipient_and_absent_looks_the_same(office: Office) -> None:
    form = a_form(of=grades(Risk.HIGH))
    office.bench.publish(form)
    office.bench.settle()

    answers = [
        office.ask(LEAD, f"/v1/events/{form.event_id}/explanation?to=dafsu"),
        office.ask(LEAD, "/v1/events/never-happened/explanation"),
        office.ask(RESPONDER, f"/v1/events/{form.event_id}/explanation"),
        office.ask(LEAD, "/v1/ledger/summary"),
        office.ask(LEAD, "/v1/incidents/nothing/sharing"),
        office.ask(LEAD, "/v1/open", {"release_id": "f" * 32, "purpose": "x", "sections": ["victim"]}),
        office.ask(LEAD, "/v1/open", {"release_id": "what?", "purpose": "x"}),
    ]

    assert {each.status_code for each in answers} == {404}
    assert len({each.text for each in answers}) == 1


def test_a_school_the_event_does_not_name_is_one_of_all_the_others(office: Office) -> None:
    form = a_form(EventType.VPA_RAISED, pupils=[a_child("one")])
    office.bench.publish(form)
    office.bench.settle()

    assert set(office.decisions(HUB, form.event_id, f"school:{HILLSIDE}")) == {f"school:{HILLSIDE}"}
    assert set(office.decisions(HUB, form.event_id, "school:900103")) == {"school:*"}
    nowhere = office.ask(HUB, f"/v1/events/{form.event_id}/explanation?to=school:999999")
    assert nowhere.status_code == 404


def test_the_hub_sees_who_may_see_what_of_an_incident_now(office: Office) -> None:
    office.bench.publish(
        a_form(EventType.VPA_RAISED, pupils=[a_child("one")]),
        a_form(of=grades(Risk.MEDIUM), pupils=[a_child("one")]),
        consent({"cedah": "given"}),
    )
    office.bench.settle()
    name = alias(ALIAS_KEY, internal("incident"), "incident", "police")

    sharing = office.ask(HUB, f"/v1/incidents/{name}/sharing").json()["sharing"]

    told = {row["recipient"] for row in sharing if row["outcome"] == "permit"}
    assert told == {"police", "partnership", "cedah", f"school:{HILLSIDE}"}


def test_the_policy_in_force_is_shown_whole(office: Office) -> None:
    before = office.ask(HUB, "/v1/policy")
    office.bench.settle()
    after = office.ask(HUB, "/v1/policy")

    assert before.status_code == 404
    assert (after.json()["name"], after.json()["version"]) == ("strict", 2)
    assert "[[rule]]" in after.json()["text"]


def test_a_policy_that_was_adopted_is_shown_by_its_hash_or_the_start_of_it(office: Office) -> None:
    office.bench.settle()
    policy = office.ask(HUB, "/v1/policy").json()

    assert office.ask(HUB, f"/v1/policy?hash={policy['hash'][:12]}").json() == policy
    assert office.ask(HUB, "/v1/policy?hash=abcdefabcdef").status_code == 404
    assert office.ask(HUB, "/v1/policy?hash=%25").status_code == 422


def test_opening_wants_a_named_person_and_a_purpose(office: Office) -> None:
    body = {"release_id": "f" * 32, "purpose": "Safety planning"}

    assert office.ask(("cedah", None), "/v1/open", body).status_code == 403
    for broken in ({"purpose": " "}, {"more": 1}, {"sections": [1]}, {"release_id": 7}, {"purpose": None}):
        assert office.ask(LEAD, "/v1/open", {**body, **broken}).status_code == 422


def test_every_kind_of_answer_reads_as_sentences(office: Office) -> None:
    forms = [
        a_form(EventType.VPA_RAISED, pupils=[a_child("one")]),
        a_form(of=grades(Risk.HIGH), pupils=[a_child("one")], consent={"cheshire-cares": "given"}),
        a_form(of=grades(Risk.MEDIUM)),
    ]
    office.bench.publish(*forms)
    office.bench.settle()

    for form in forms:
        for row in office.decisions(HUB, form.event_id).values():
            assert row["text"].endswith(".")
            assert "None" not in row["text"]
            assert "  " not in row["text"]


def test_what_was_recalled_is_explained_as_ended_by_what_recalled_it(office: Office) -> None:
    high, medium = a_form(of=grades(Risk.HIGH)), a_form(of=grades(Risk.MEDIUM))
    office.bench.publish(high, medium)
    office.bench.settle()

    told = office.decisions(HUB, high.event_id)["dafsu"]

    assert (told["outcome"], told["reason"], told["cause"]) == ("deny", "not-owed", medium.event_id)
    assert told["sections"] == []


def test_what_a_correction_has_taken_the_place_of_is_explained_as_put_right(office: Office) -> None:
    raised = a_form(EventType.VPA_RAISED, pupils=[a_child("one"), a_child("two")])
    corrected = a_form(EventType.VPA_CORRECTED, pupils=[a_child("one")])
    office.bench.publish(raised, corrected)
    office.bench.settle()

    before = office.decisions(HUB, raised.event_id)[f"school:{HILLSIDE}"]
    now = office.decisions(HUB, corrected.event_id)[f"school:{HILLSIDE}"]

    assert (before["outcome"], before["cause"]) == ("deny", corrected.event_id)
    assert "A correction has taken its place." in before["text"]
    assert (now["outcome"], now["sections"]) == ("permit", ["children[0]"])


def test_what_cannot_be_an_id_is_absent_on_either_database(office: Office) -> None:
    office.bench.settle()

    asked = [
        office.ask(HUB, "/v1/events/a%00b/explanation"),
        office.ask(LEAD, "/v1/open", {"release_id": "a\x00b", "purpose": "x"}),
    ]

    assert [each.status_code for each in asked] == [404, 404]


@pytest.mark.parametrize(
    ("days", "status"),
    [("to=9999-12-31", 200), ("from=0001-01-01", 200), ("from=2024-09-02&to=2024-09-01", 422)],
)
def test_days_that_end_the_calendar_are_days_and_days_in_the_wrong_order_are_none(
    office: Office, days: str, status: int
) -> None:
    assert office.ask(HUB, f"/v1/ledger/summary?{days}").status_code == status
