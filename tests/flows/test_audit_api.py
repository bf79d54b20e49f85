"""Who may have a checkpoint and a bundle over HTTP."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient

from services.audit.api import add_routes
from services.audit.commands import unpack
from services.audit.verifier import verify
from services.runtime.clock import SystemClock
from services.runtime.identity import Verifier, folder_of, mint
from services.runtime.partnership import Partnership
from services.runtime.settings import DEMO_PARTNERSHIP, Settings
from services.runtime.web import Standing, create_app
from tests.audit_builders import Audited, a_file, an_audit

PARTNERSHIP = Partnership.load(DEMO_PARTNERSHIP)
SCHOOL = PARTNERSHIP.schools[0].agency
Ask = Callable[..., httpx.Response]


@pytest.fixture
def audited(tmp_path: Path) -> Audited:
    made = an_audit(a_file(tmp_path))
    made.publish(9)
    made.follow()
    return made


@pytest.fixture
def ask(audited: Audited, tmp_path: Path) -> Ask:
    """Ask the audit for a path as an agency's person (the first registered, if none is named)."""
    keys = {
        name: _credentials(tmp_path / "credentials", name)
        for name in ("police", "dafsu", "partnership", SCHOOL)
    }
    settings = Settings(data=tmp_path)
    standing = Standing(service="audit", behind=0, pending=0)
    app = create_app("audit", settings, ready=lambda: True, standing=lambda: standing)
    add_routes(
        app,
        trees=audited.trees,
        bundles=audited.bundles,
        signer=audited.signer,
        callers=Verifier(PARTNERSHIP, tmp_path / "credentials"),
        partnership=PARTNERSHIP,
        scratch=tmp_path / "scratch",
        reader=audited.log.reader({}),
        topics=("log", "decisions"),
    )
    client = TestClient(app)

    def asked(path: str, agency: str, person: str | None = None) -> httpx.Response:
        who = person or PARTNERSHIP.people_of(agency)[0].id
        token = mint(agency, who, keys[agency], SystemClock().now())
        return client.get(path, headers={"authorization": f"Bearer {token}"})

    return asked


def _credentials(directory: Path, name: str) -> bytes:
    key = Ed25519PrivateKey.generate()
    (directory / folder_of(name)).mkdir(parents=True)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (directory / folder_of(name) / "key.pub.pem").write_bytes(public)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def person_of(agency: str, role: str) -> str:
    return next(person.id for person in PARTNERSHIP.people_of(agency) if person.role == role)


def test_anybody_registered_may_have_the_log_s_checkpoint(ask, audited):
    answer = ask("/v1/checkpoint", SCHOOL)

    assert (answer.status_code, answer.text) == (200, audited.trees.head("log")[1])


def test_a_stranger_may_not(ask):
    assert ask("/v1/checkpoint", "dafsu", "p-nobody").status_code == 401


def test_the_key_is_there_for_all_to_read(ask, audited):
    assert ask("/v1/checkpoint/key", "dafsu").text == audited.signer.vkey() + "\n"


@pytest.mark.parametrize(("agency", "role"), [("police", "lead"), ("partnership", "auditor")])
def test_the_hub_s_lead_and_an_auditor_may_have_the_whole_record(ask, audited, tmp_path, agency, role):
    answer = ask("/v1/export", agency, person_of(agency, role))

    (tmp_path / "out").mkdir()
    unpack(io.BytesIO(answer.content), tmp_path / "out")
    result = verify(tmp_path / "out", audited.signer.vkey())
    assert (answer.headers["content-type"], result.ok, result.tree_size) == ("application/x-tar", True, 9)


@pytest.mark.parametrize(
    ("agency", "role"),
    [
        ("police", "practitioner"),
        ("police", "responder"),
        ("dafsu", "lead"),
        (SCHOOL, "dsl"),
        ("partnership", "lead"),
    ],
)
def test_nobody_else_may_have_the_whole_record(ask, agency, role):
    assert ask("/v1/export", agency, person_of(agency, role)).status_code == 404


def test_a_recipient_may_have_its_own_releases(ask, audited, tmp_path):
    answer = ask("/v1/export?as=dafsu", "dafsu")

    (tmp_path / "out").mkdir()
    files = unpack(io.BytesIO(answer.content), tmp_path / "out")
    assert files == ["checkpoints/log", "manifest", "releases.jsonl"]
    assert verify(tmp_path / "out", audited.signer.vkey()).ok


def test_a_recipient_may_not_have_another_s(ask):
    assert ask("/v1/export?as=cedah", "dafsu").status_code == 404


def test_another_s_and_an_unknown_recipient_s_look_alike(ask):
    assert ask("/v1/export?as=cedah", "dafsu").content == ask("/v1/export?as=nobody", "dafsu").content


def test_an_auditor_may_have_any_recipient_s(ask):
    answer = ask("/v1/export?as=cedah", "partnership", person_of("partnership", "auditor"))

    with tarfile.open(fileobj=io.BytesIO(answer.content)) as tar:
        assert "releases.jsonl" in tar.getnames()


def test_nothing_is_left_where_bundles_are_put_together(ask, tmp_path):
    ask("/v1/export", "police")

    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_log_that_is_away_is_asked_again_later(ask, audited):
    audited.log.stop()

    answer = ask("/v1/export", "police")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


def test_an_operator_looks_at_a_topic_masked_from_any_record_on(ask):
    found = ask("/v1/operations/records?topic=log&from=7", "police").json()["records"]

    assert [one["offset"] for one in found] == [7, 8]
    assert not [one for one in found for name in one if name in ("value", "ciphertext", "key")]


def test_without_a_place_the_last_records_are_shown_and_beyond_the_end_none(ask):
    last = ask("/v1/operations/records?topic=log", "police").json()["records"]

    assert last[-1]["offset"] == 8
    assert ask("/v1/operations/records?topic=log&from=99", "police").json()["records"] == []


def test_as_many_records_are_shown_as_are_asked_for_and_never_more_than_one_look_shows(ask):
    def shown(most: int) -> list[int]:
        found = ask(f"/v1/operations/records?topic=log&from=2&most={most}", "police").json()["records"]
        return [one["offset"] for one in found]

    assert shown(1) == [2]
    assert shown(10**9) == list(range(2, 9))


@pytest.mark.parametrize(
    "asked", ["topic=secrets", "topic=log&from=-1", "topic=log&from=x", "topic=log&most=-1", ""]
)
def test_what_is_no_place_in_a_topic_of_ours_is_refused(ask, asked):
    assert ask(f"/v1/operations/records?{asked}", "police").status_code == 422


def test_who_is_no_operator_finds_no_records(ask):
    assert ask("/v1/operations/records?topic=log", "dafsu").status_code == 404
