"""Whose token is accepted, and for whom."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from pathlib import Path

import jwt
import pytest

from services.runtime.certificates import issue
from services.runtime.clock import FixedClock, SystemClock
from services.runtime.identity import Caller, Unauthenticated, Verifier, mint
from services.runtime.partnership import Partnership, Role
from services.runtime.places import DEMO_PARTNERSHIP

NOW = SystemClock().now()


@pytest.fixture(scope="module")
def credentials(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("credentials")
    issue(folder, ("police", "dafsu", "school:900101", "notify", "stranger"))
    return folder


@pytest.fixture
def verifier(credentials: Path) -> Verifier:
    return Verifier(Partnership.load(DEMO_PARTNERSHIP), credentials, FixedClock(NOW))


def key_of(credentials: Path, folder: str) -> bytes:
    return (credentials / folder / "key.pem").read_bytes()


def test_a_registered_person_is_known_by_role(verifier: Verifier, credentials: Path) -> None:
    token = mint("police", "p-hub-1", key_of(credentials, "police"), NOW)

    assert verifier.caller(f"Bearer {token}") == Caller(agency="police", person="p-hub-1", role=Role.LEAD)


def test_a_school_calls_under_its_own_name(verifier: Verifier, credentials: Path) -> None:
    token = mint("school:900101", "p-school-900101", key_of(credentials, "school_900101"), NOW)

    assert verifier.caller(f"Bearer {token}").role is Role.DSL


def test_a_system_may_call_for_nobody_in_particular(verifier: Verifier, credentials: Path) -> None:
    token = mint("dafsu", None, key_of(credentials, "dafsu"), NOW)

    assert verifier.caller(f"Bearer {token}") == Caller(agency="dafsu", person=None, role=Role.SYSTEM)


def test_our_own_services_are_services(verifier: Verifier, credentials: Path) -> None:
    token = mint("notify", None, key_of(credentials, "notify"), NOW)

    assert verifier.caller(f"Bearer {token}").role is Role.SERVICE


@pytest.mark.parametrize(
    ("agency", "person", "signed_by"),
    [
        ("police", "p-hub-1", "dafsu"),
        ("police", "p-dafsu-1", "police"),
        ("police", "nobody", "police"),
        ("stranger", None, "stranger"),
        ("../police", None, "police"),
    ],
    ids=["another's key", "another's person", "an unknown person", "an unregistered agency", "a path"],
)
def test_who_is_not_who_they_say_is_refused(
    verifier: Verifier, credentials: Path, agency: str, person: str | None, signed_by: str
) -> None:
    token = mint(agency, person, key_of(credentials, signed_by), NOW)

    with pytest.raises(Unauthenticated):
        verifier.caller(f"Bearer {token}")


@pytest.mark.parametrize("at", [NOW - timedelta(minutes=6), NOW + timedelta(minutes=6)])
def test_a_token_of_another_time_is_refused(verifier: Verifier, credentials: Path, at: datetime) -> None:
    token = mint("police", "p-hub-1", key_of(credentials, "police"), at)

    with pytest.raises(Unauthenticated):
        verifier.caller(f"Bearer {token}")


def claiming(credentials: Path, **changed: object) -> str:
    """Return police's token with some of its claims changed."""
    whole = mint("police", "p-hub-1", key_of(credentials, "police"), NOW)
    claims = {**jwt.decode(whole, options={"verify_signature": False}), **changed}
    return jwt.encode(claims, key_of(credentials, "police").decode(), "EdDSA", headers={"kid": "police"})


@pytest.mark.parametrize("ahead", [60.5, 0.001, 60, 300])
def test_a_token_may_expire_within_a_second(verifier: Verifier, credentials: Path, ahead: float) -> None:
    token = claiming(credentials, exp=NOW.timestamp() + ahead)

    assert verifier.caller(f"Bearer {token}").agency == "police"


@pytest.mark.parametrize("ahead", [-4, -0.001, 0, 300.5, 304])
def test_there_is_no_leeway(verifier: Verifier, credentials: Path, ahead: float) -> None:
    token = claiming(credentials, exp=NOW.timestamp() + ahead)

    with pytest.raises(Unauthenticated, match=r"expired|too long"):
        verifier.caller(f"Bearer {token}")


@pytest.mark.parametrize(
    "exp",
    [10**400, -(10**400), True, "soon", str(int(NOW.timestamp()) + 60), [], {}, float("inf"), float("nan")],
    ids=["beyond all time", "before all time", "true", "a word", "text", "a list", "an object", "inf", "nan"],
)
def test_an_expiry_that_is_no_moment_is_refused(verifier: Verifier, credentials: Path, exp: object) -> None:
    token = claiming(credentials, exp=exp)

    with pytest.raises(Unauthenticated):
        verifier.caller(f"Bearer {token}")


@pytest.mark.parametrize("jti", ["", 7, [], None])
def test_a_token_has_an_id_of_its_own(verifier: Verifier, credentials: Path, jti: object) -> None:
    token = claiming(credentials, jti=jti)

    with pytest.raises(Unauthenticated):
        verifier.caller(f"Bearer {token}")


def test_a_token_that_nests_without_end_is_refused(verifier: Verifier) -> None:
    endless = base64.urlsafe_b64encode(b"[" * 40_000).decode()

    with pytest.raises(Unauthenticated):
        verifier.caller(f"Bearer {endless}.{endless}.x")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer x", "Basic cG9saWNl", "Bearer a.b.c"])
def test_what_is_no_token_is_refused(verifier: Verifier, header: str | None) -> None:
    with pytest.raises(Unauthenticated):
        verifier.caller(header)


@pytest.mark.parametrize("missing", ["exp", "iss", "aud", "jti"])
def test_a_token_that_leaves_something_out_is_refused(
    verifier: Verifier, credentials: Path, missing: str
) -> None:
    whole = mint("police", "p-hub-1", key_of(credentials, "police"), NOW)
    claims = jwt.decode(whole, options={"verify_signature": False})
    del claims[missing]
    token = jwt.encode(claims, key_of(credentials, "police").decode(), "EdDSA", headers={"kid": "police"})

    with pytest.raises(Unauthenticated):
        verifier.caller(f"Bearer {token}")


def test_a_token_signed_with_a_public_key_as_secret_is_refused(verifier: Verifier, credentials: Path) -> None:
    claims = {"iss": "police", "aud": "sightline", "exp": int(NOW.timestamp()) + 60, "jti": "1"}
    token = jwt.encode(claims, "x" * 32, "HS256", headers={"kid": "police"})

    with pytest.raises(Unauthenticated):
        verifier.caller(f"Bearer {token}")
