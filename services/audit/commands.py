"""`sightline export` and `sightline verify`: fetch a bundle, and check one."""

import tarfile
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Protocol

from services.audit.verifier import Result, verify
from services.vocabulary.agencies import HUB

__all__ = ["Result", "Source", "export", "unpack", "verify"]


class NotEmpty(Exception):
    """the directory for a bundle is there already and has files in it"""


class Source(Protocol):
    """What an export needs of a running system."""

    def download(self, path: str, query: dict[str, str], *, agency: str) -> AbstractContextManager[IO[bytes]]:
        """Open an answer's body for reading, as it arrives. Raises when the system refuses that agency."""


def export(source: Source, out: Path, as_: str | None) -> list[str]:
    """Fetch a bundle into an empty directory and return the paths of its files.

    The whole record, asked for by the Hub; or with `as_` one recipient's own releases, asked for by
    itself. Raises `NotEmpty`; whatever was there is never mixed with what came.
    """
    if out.exists() and any(out.iterdir()):
        raise NotEmpty(f"`{out}` is not empty: name a new directory")
    out.mkdir(parents=True, exist_ok=True)
    query = {"as": as_} if as_ else {}
    with source.download("/v1/export", query, agency=as_ or HUB) as body:
        return unpack(body, out)


def unpack(body: IO[bytes], out: Path) -> list[str]:
    """Unpack a bundle as it arrives; plain files within `out` alone."""
    with tarfile.open(fileobj=body, mode="r|") as tar:
        tar.extractall(out, filter="data")
    return sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())
