"""Which policies there are, who adopted them, and who may read which."""

from datetime import timedelta
from typing import Any

import pytest

from services.consent.rules.reading import hash_of
from services.console.api.passing import public
from tests.gate_builders import START, STRICT, a_form, policy_adopted
from tests.office_builders import HUB, LEAD, PRACTITIONER, RESPONDER, Office
from tests.policy_drafts import PRACTISED, draft, rule

AUDITOR, PARTNERSHIP = ("partnership", "p-partnership-2"), ("partnership", "p-partnership-1")
SYSTEM = ("cedah", None)
LATER = draft(rule("dafsu-high-risk", purpose="support an adult victim at high risk today"))
READERS = pytest.mark.parametrize("who", [HUB, AUDITOR, PARTNERSHIP, LEAD])
OTHERS = pytest.mark.parametrize("who", [PRACTITIONER, RESPONDER, SYSTEM])


def versions(office: Office, who: tuple[str, str | None] = HUB) -> list[dict[str, Any]]:
    return list(office.ask(who, "/v1/policy/versions").json()["versions"])


def test_the_policy_in_force_says_who_adopted_it_and_when(office: Office) -> None:
    office.bench.settle()

    (only,) = versions(office)

    assert (only["name"], only["standing"], only["hash"]) == (
        "strict",
        "in-force",
        hash_of(STRICT.read_text()),
    )
    assert (only["adopted_by"], only["confirmed_by"]) == ("p-sender-1", "p-second-2")
    assert only["adopted_at"] == only["in_force_from"]


def test_an_earlier_version_is_kept_and_the_later_one_is_in_force(office: Office) -> None:
    office.bench.publish(policy_adopted(LATER))
    office.bench.settle()

    latest, earlier = versions(office)

    assert [each["standing"] for each in (latest, earlier)] == ["in-force", "earlier"]
    assert office.ask(HUB, f"/v1/policy?hash={earlier['hash']}").json()["text"] == STRICT.read_text()


def test_a_policy_for_later_is_coming_and_says_from_when(office: Office) -> None:
    office.bench.publish(policy_adopted(LATER, effective_at=START + timedelta(days=7)))
    office.bench.settle()

    coming, in_force = versions(office)

    assert (coming["standing"], coming["in_force_from"]) == ("coming", "2024-09-09T22:00:00Z")
    assert in_force["standing"] == "in-force"


def test_of_one_text_adopted_twice_the_later_adoption_is_in_force(office: Office) -> None:
    office.bench.publish(policy_adopted(LATER), policy_adopted(STRICT.read_text()))
    office.bench.settle()

    assert [each["standing"] for each in versions(office)] == ["in-force", "earlier", "earlier"]


def test_those_shipped_with_the_code_stand_beside_and_one_of_them_may_not_be_adopted(office: Office) -> None:
    office.bench.settle()

    shipped = office.ask(HUB, "/v1/policy/versions").json()["shipped"]
    practised = office.ask(HUB, "/v1/policy?shipped=practised")

    assert [(each["name"], each["lawful"]) for each in shipped] == [("strict", True), ("practised", False)]
    assert practised.json()["text"] == PRACTISED.read_text()
    assert office.ask(HUB, "/v1/policy?shipped=draft").status_code == 404


@READERS
def test_the_hub_the_office_auditors_and_leads_read_every_version(
    office: Office, who: tuple[str, str | None]
) -> None:
    office.bench.publish(policy_adopted(LATER))
    office.bench.settle()
    (_, earlier) = versions(office, who)

    assert office.ask(who, f"/v1/policy?hash={earlier['hash']}").status_code == 200
    assert office.ask(who, "/v1/policy?shipped=strict").status_code == 200


@OTHERS
def test_everybody_else_reads_the_one_in_force_and_finds_no_other(
    office: Office, who: tuple[str, str | None]
) -> None:
    office.bench.publish(policy_adopted(LATER))
    office.bench.settle()
    unknown = office.ask(who, "/v1/policy?hash=abcdefabcdef")
    earlier = office.ask(who, f"/v1/policy?hash={hash_of(STRICT.read_text())}")

    assert office.ask(who, "/v1/policy").json()["hash"] == hash_of(LATER)
    assert office.ask(who, f"/v1/policy?hash={hash_of(LATER)}").status_code == 200
    assert (earlier.status_code, earlier.json()) == (404, unknown.json())
    assert office.ask(who, "/v1/policy/versions").json() == unknown.json()
    assert office.ask(who, "/v1/policy?shipped=strict").json() == unknown.json()


def test_before_any_policy_is_adopted_there_is_no_version(office: Office) -> None:
    office.bench.publish(a_form())

    assert versions(office) == []


def test_the_routes_are_documented_and_passed_on_by_the_console(office: Office) -> None:
    documented = office.ask(HUB, "/openapi.json").json()["paths"]

    assert {"/v1/policy", "/v1/policy/versions", "/v1/ledger", "/v1/ledger/{name}"} <= {
        *public(documented, "keyring")
    }
