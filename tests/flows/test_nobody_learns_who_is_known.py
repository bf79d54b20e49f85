"""Publishing about somebody is no way to learn who is known: door, gate, keyring and inbox say the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from services.eventlog.aliases import alias
from services.eventlog.ids import event_id
from services.projections.api.routes import shown
from services.projections.store.models import Question
from services.runtime.secrets import write_private
from tests.door_builders import Event, OpenDoor, Opened, example, open_door
from tests.gate_builders import ALIAS_KEY, ROUTING_KEY
from tests.office_builders import ID_KEY, MATCH_KEY, Office
from tests.projections_builders import ReadModels

KEYS = {"kek": b"k" * 32, "routing": ROUTING_KEY, "alias": ALIAS_KEY, "match": MATCH_KEY, "id": ID_KEY}
VPA = example("VpaReviewed")["incident"]
KNOWN = example("VpaReviewed")["victim"]
SOMEBODY_ELSE = {
    **KNOWN,
    "given_name": "Zephyrinella",
    "family_name": "Aldermarrow",
    "date_of_birth": "1987-11-23",
    "identifiers": [{"scheme": "nhs", "value": "9990000050"}],
}
WHO_HARMS = example("MaracReferred")["person_causing_harm"]
HARMS_ELSEWHERE = {**WHO_HARMS, "given_name": "Corviandre", "date_of_birth": "1981-06-09"}
PUBLISHER = "housing"
LEAD, PRACTITIONER = (PUBLISHER, "p-housing-1"), (PUBLISHER, "p-housing-2")
DIFFERS = frozenset({"incident", "person", "header", "receipt"})
"""What is drawn at random: ids, and so their aliases, receipts, and the root of sections sealed anew."""


class Partnership:
    """A door, the gate, the keyring and the inboxes over one log, with the keys of every such partnership."""

    def __init__(self, door: OpenDoor, url: str, folder: Path) -> None:
        self.door = door
        self.office = Office(url, folder / "office", log=door.log)
        self.models = ReadModels(url=url, log=door.log, routing_key=ROUTING_KEY)

    def tell(self, event: Event, agency: str = PUBLISHER) -> Mapping[str, Any]:
        """Publish an event, let everybody hear of it, and return its receipt."""
        answer = self.door.publisher.publish(event, agency)
        self.office.bench.settle()
        self.models.follow()
        return {"status": answer.status_code, **_told(answer.json())}

    def inbox(self, agency: str) -> list[dict[str, Any]]:
        """Return all of an inbox, but for what differs of any two events."""
        rows = self.models.store().page(Question(recipient=agency, after=None, limit=1000))
        return [_told(shown(row)) for row in rows]

    def answers(self, event: Event) -> Mapping[str, tuple[int, Any]]:
        """Return what the publisher is answered wherever it can ask about its event, by who asks what."""
        found = {}
        for who in (LEAD, PRACTITIONER):
            for path, body in self._questions(event):
                answer = self.office.ask(who, path, body)
                key = f"{who[1]} {path} {body}"
                found[key] = (answer.status_code, _told(answer.json()))
        return found

    def form_at(self, agency: str) -> str:
        """Return what an agency calls the incident of the first form."""
        form = next(each for each in self.door.opened() if each.type == "VpaRaised")
        return alias(ALIAS_KEY, str(form.routing["incident"]), "incident", agency)

    def knew(self, event: Event) -> bool:
        """Say whether somebody an event names was named before it."""
        *before, this = self.door.opened()
        assert this.type == event["type"]
        return any(not _named(this).isdisjoint(_named(each)) for each in before)

    def _questions(self, event: Event) -> Iterator[tuple[str, Mapping[str, Any] | None]]:
        for id_ in (event["id"], event_id(ID_KEY, PUBLISHER, event["id"])):
            for to in ("", *(f"?to={name}" for name in (PUBLISHER, "dafsu", "cedah", "police"))):
                yield f"/v1/events/{id_}/explanation{to}", None
        yield "/v1/ledger", None
        for name in ("openings", "parties", "roles", f"told?role=victim&event={event['id']}"):
            yield f"/v1/ledger/{name}", None
        for row in self.inbox(PUBLISHER):
            of = {"release_id": row["release_id"], "purpose": "Safety planning"}
            yield "/v1/open", of
            for section in ("victim", "person_causing_harm"):
                yield "/v1/timeline", {**of, "section": section}


def _named(opened: Opened) -> set[str]:
    who = (opened.routing.get(role) for role in ("victim", "person_causing_harm"))
    return {person for person in who if person is not None}


def _told(value: Any) -> Any:
    """Return an answer without what is drawn at random; sections lie in a random order."""
    if isinstance(value, Mapping):
        return {key: "..." if key in DIFFERS and each else _told(each) for key, each in value.items()}
    if isinstance(value, list):
        return sorted((_told(each) for each in value), key=str)
    return value


def history(
    known: Partnership, victim: Mapping[str, Any], harms: Mapping[str, Any]
) -> Iterator[tuple[str, Event]]:
    """Yield by whom what is known of somebody: a form, danger, what they consented to, open cases."""
    about = {"victim": victim}
    grave = {"risk": "high", "children": "safeguarding"}
    for event_type in ("VpaRaised", "VpaReviewed"):
        form = example(event_type)
        yield "police", {**form, **about, "person_causing_harm": harms, "facts": {**form["facts"], **grave}}
    everybody = dict.fromkeys((PUBLISHER, "cedah", "mycwa"), "given")
    yield "police", {**example("ConsentRecorded"), **about, "incident": VPA, "consent": everybody}
    for agency, event_type in (("dafsu", "CaseOpened"), ("checs", "ChildCaseStatus")):
        yield agency, {**_confirmed(event_type, f"p-{agency}-2"), **about, "incident": known.form_at(agency)}


def _confirmed(event_type: str, by: str) -> Event:
    event = example(event_type)
    return {**event, "facts": {**event["facts"], "confirmed_by": by}}


def referral(risk: str = "medium", **sections: Any) -> Event:
    event = example("ReferralReceived")
    facts = {**event["facts"], "risk": risk, "referral_source": "Housing Options"}
    return {**event, "victim": KNOWN, "facts": facts, **sections}


PUBLISHED = {
    "a referral": referral(),
    "a referral at high risk": referral("high"),
    "a referral that turns round who harms whom": referral(
        victim={name: value for name, value in WHO_HARMS.items() if name != "relationship"},
        person_causing_harm={**KNOWN, "relationship": "partner"},
    ),
    "a referral of a child in danger": referral(
        facts={**referral()["facts"], "children": "safeguarding"}, children=example("VpaReviewed")["children"]
    ),
    "a referral to the MARAC": {**example("MaracReferred"), "victim": KNOWN},
    "a referral handed on": {**example("ReferredOn"), "victim": KNOWN, "incident": "REF-EX-0100"},
    "a case": {**_confirmed("CaseOpened", "p-housing-2"), "victim": KNOWN, "incident": "HOUSING-1"},
}


@pytest.fixture
def worlds(tmp_path: Path) -> Iterator[tuple[Partnership, Partnership]]:
    """A partnership that knows the adult victim, and one that knows as much of somebody else."""
    with (
        world(tmp_path / "known", KNOWN, WHO_HARMS) as one,
        world(tmp_path / "unknown", SOMEBODY_ELSE, HARMS_ELSEWHERE) as other,
    ):
        yield one, other


@contextmanager
def world(folder: Path, victim: Mapping[str, Any], harms: Mapping[str, Any]) -> Iterator[Partnership]:
    (folder / "secrets").mkdir(parents=True)
    for name, key in KEYS.items():
        write_private(folder / "secrets" / f"{name}.key", key)
    url = f"sqlite:///{folder / 'test.db'}"
    with open_door(folder, url) as door:
        partnership = Partnership(door, url, folder)
        for agency, event in history(partnership, victim, harms):
            told = partnership.tell(event, agency)
            assert told["status"] == 201, told
        assert partnership.inbox(PUBLISHER) == []
        yield partnership


@pytest.mark.parametrize("what", PUBLISHED)
def test_whoever_publishes_about_somebody_is_answered_alike_whether_they_are_known(
    worlds: tuple[Partnership, Partnership], what: str
) -> None:
    known, unknown = worlds
    event = PUBLISHED[what]

    receipts = [each.tell(event) for each in worlds]

    assert (known.knew(event), unknown.knew(event)) == (True, False)
    assert receipts[0]["status"] == 201, receipts[0]
    assert receipts[0] == receipts[1]
    assert known.inbox(PUBLISHER)
    assert known.inbox(PUBLISHER) == unknown.inbox(PUBLISHER)
    assert known.answers(event) == unknown.answers(event)


def test_what_others_say_later_of_who_was_known_tells_nothing_to_who_published(
    worlds: tuple[Partnership, Partnership],
) -> None:
    known, unknown = worlds

    for each, victim in ((known, KNOWN), (unknown, SOMEBODY_ELSE)):
        each.tell(referral())
        later = {**example("SupportStarted"), "victim": victim, "incident": each.form_at("dafsu")}
        assert each.tell(later, "dafsu")["status"] == 201

    assert known.inbox("checs")[-1]["rule"] == "who-holds"
    assert known.inbox(PUBLISHER) == unknown.inbox(PUBLISHER)
    assert known.answers(referral()) == unknown.answers(referral())
