"""Key pairs and certificates of the demo: one authority, and a leaf and a signing key for every name.

`<data>/credentials/<name>/` holds `key.pem` (Ed25519, signs tokens), `key.pub.pem`, `kafka.pem` (EC P-256
key, certificate and authority in one file) and `ca.pem`; a sandbox's the first two alone. Nothing that is
there is made again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from services.runtime.clock import SystemClock
from services.runtime.identity import folder_of
from services.runtime.places import LOOPBACK
from services.runtime.secrets import write_private

BROKER = "broker"
ADMIN = "admin"
GOOD_FOR = timedelta(days=3650)
BACKDATED = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Signs the leaves."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        """The authority's certificate."""
        return self.certificate.public_bytes(Encoding.PEM)


def issue(credentials: Path, names: Iterable[str]) -> None:
    """Make what is missing for each name, for the broker and for its administrator."""
    credentials.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = _authority(credentials)
    for name in (BROKER, ADMIN, *names):
        _leaf(credentials / folder_of(name), name, authority)


def enrol(credentials: Path, names: Iterable[str]) -> None:
    """Make what is missing for who signs tokens and never speaks to the broker: a signing key alone."""
    for name in names:
        folder = credentials / folder_of(name)
        if not (folder / "key.pub.pem").exists():
            _signing(folder)


def _authority(credentials: Path) -> Authority:
    path = credentials / "authority.pem"
    if not path.exists():
        write_private(path, _new_authority())
    content = path.read_bytes()
    key = load_pem_private_key(content, password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return Authority(key=key, certificate=x509.load_pem_x509_certificate(content))


def _new_authority() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _named("sightline demo authority")
    usage = x509.KeyUsage(
        digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
        decipher_only=False,
    )  # fmt: skip
    certificate = (
        _unsigned(name, name, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    return _private(key) + certificate.public_bytes(Encoding.PEM)


def _leaf(folder: Path, name: str, authority: Authority) -> None:
    if (folder / "kafka.pem").exists():
        return
    _signing(folder)
    (folder / "ca.pem").write_bytes(authority.pem)
    write_private(folder / "kafka.pem", _chain(name, authority))


def _signing(folder: Path) -> None:
    """Make a key pair; the public half comes last, and says that both are whole."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    signing = Ed25519PrivateKey.generate()
    write_private(folder / "key.pem", _private(signing))
    public = signing.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / "key.pub.pem").write_bytes(public)


def _chain(name: str, authority: Authority) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOOPBACK)), x509.DNSName("localhost")])
    certificate = (
        _unsigned(_named(name), authority.certificate.subject, key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(here, critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    return _private(key) + certificate.public_bytes(Encoding.PEM) + authority.pem


def _unsigned(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = SystemClock().now()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + GOOD_FOR)
    )


def _named(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _private(key: ec.EllipticCurvePrivateKey | Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
