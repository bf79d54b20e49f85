"""Who is calling: short-lived tokens signed by an agency's registered key (design 11).

A token's times are always the machine's own clock, simulated system or not.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from services.runtime.clock import Clock, SystemClock
from services.runtime.partnership import Partnership, Role
from services.vocabulary.agencies import SERVICES

AUDIENCE = "sightline"
ALGORITHM = "EdDSA"
LONGEST = timedelta(seconds=300)


_BROKEN = (jwt.PyJWTError, RecursionError)
"""What reading a token may raise: it may also nest deeper than anything can be read."""


class Unauthenticated(Exception):
    """The token is missing, malformed, expired, or not signed by the agency it names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who a token was accepted for; `person` is None when a system calls for nobody."""

    agency: str
    person: str | None
    role: Role

    def __post_init__(self) -> None:
        object.__setattr__(self, "role", Role(self.role))


def folder_of(name: str) -> str:
    """Return the directory name of an agency's, school's or service's credentials."""
    return name.replace(":", "_")


def mint(agency: str, person: str | None, private_key_pem: bytes, now: datetime) -> str:
    """Sign a token for one caller, good for five minutes from `now` (the machine's own time)."""
    claims = {
        "iss": agency,
        "aud": AUDIENCE,
        "iat": int(now.timestamp()),
        "exp": int((now + LONGEST).timestamp()),
        "jti": os.urandom(16).hex(),
    }
    if person is not None:
        claims["sub"] = person
    return jwt.encode(claims, _private(private_key_pem), algorithm=ALGORITHM, headers={"kid": agency})


class Verifier:
    """Accepts tokens from the registered agencies, schools and services, and from nobody else.

    `besides` are names that one service alone knows, each with the agency whose people may stand in its
    tokens: to every other service they are nobody.
    """

    def __init__(
        self,
        partnership: Partnership,
        credentials: Path,
        clock: Clock | None = None,
        *,
        besides: Mapping[str, str] | None = None,
    ) -> None:
        self._partnership = partnership
        self._credentials = credentials
        self._clock = clock or SystemClock()
        self._besides = besides or {}
        self._registered = {*partnership.publishers(), *SERVICES, *self._besides}
        self._keys: dict[str, Ed25519PublicKey] = {}

    def caller(self, authorization: str | None) -> Caller:
        """Return who sent this `Authorization` header. Raises Unauthenticated with the reason."""
        token = _bearer(authorization)
        agency = self._claimed(token)
        claims = self._checked(token, agency)
        return self._known(agency, claims.get("sub"))

    def _claimed(self, token: str) -> str:
        try:
            agency = jwt.get_unverified_header(token).get("kid")
        except _BROKEN as error:
            raise Unauthenticated("the token is not a JWT: sign one with EdDSA") from error
        if not isinstance(agency, str) or agency not in self._registered:
            raise Unauthenticated("the token's kid is no registered agency: use the agency's name")
        return agency

    def _checked(self, token: str, agency: str) -> dict[str, object]:
        try:
            claims: dict[str, object] = jwt.decode(
                token,
                self._key(agency),
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=agency,
                options={"require": ["exp", "iss", "aud", "jti"], "verify_exp": False, "verify_iat": False},
            )
        except _BROKEN as error:
            raise Unauthenticated(f"the token does not hold: {type(error).__name__}") from error
        if not claims["jti"]:
            raise Unauthenticated("the token's jti is empty: give each token an id of its own")
        self._in_time(_moment(claims["exp"]))
        return claims

    def _in_time(self, expires: int | float) -> None:
        """Raise unless the token is still good, and for no longer than it may be: there is no leeway."""
        now = self._clock.now().timestamp()
        if expires <= now:
            raise Unauthenticated("the token has expired: sign a new one")
        if expires > now + LONGEST.total_seconds():
            raise Unauthenticated("the token lives too long: exp may be at most 300 seconds ahead")

    def _known(self, agency: str, person: object) -> Caller:
        if agency in SERVICES:
            return Caller(agency=agency, person=None, role=Role.SERVICE)
        if person is None:
            return Caller(agency=agency, person=None, role=Role.SYSTEM)
        for known in self._partnership.people_of(self._besides.get(agency, agency)):
            if known.id == person:
                return Caller(agency=agency, person=known.id, role=known.role)
        raise Unauthenticated("the token's sub is nobody registered for this agency")

    def _key(self, agency: str) -> Ed25519PublicKey:
        if agency not in self._keys:
            self._keys[agency] = _public(self._credentials / folder_of(agency) / "key.pub.pem")
        return self._keys[agency]


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("no token: send Authorization: Bearer <JWT>")
    return token.strip()


def _moment(claim: object) -> int | float:
    """Return a NumericDate (RFC 7519): seconds since 1970, whole or not.

    It is compared and never calculated with: an int may be larger than any float.
    """
    endless = isinstance(claim, float) and not math.isfinite(claim)
    if isinstance(claim, bool) or not isinstance(claim, (int, float)) or endless:
        raise Unauthenticated("the token's exp is no number: give seconds since 1970")
    return claim


def _public(path: Path) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise Unauthenticated("no public key is registered for this agency") from error
    if not isinstance(key, Ed25519PublicKey):
        raise Unauthenticated("the registered key is not Ed25519")
    return key


@lru_cache(maxsize=512)
def _private(pem: bytes) -> Ed25519PrivateKey:
    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("the private key is not Ed25519: make one with sightline up")
    return key
