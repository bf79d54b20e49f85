"""The policy a command is told: a draft's file, a shipped one, the hash of one adopted, or `current`."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.cli.errors import CliError, NothingFound
from services.runtime.places import ROOT

if TYPE_CHECKING:
    from services.consent.rules.policy import Policy

CURRENT = "current"
SHIPPED = ("strict", "practised")
POLICIES = ROOT / "services" / "consent" / "policies"
HASH = re.compile(r"[0-9a-f]{12,64}", re.ASCII)
NOT_FOUND = 404


def named(name: str, system: Callable[[], Any]) -> Policy:
    """Return the policy of that file, name or hash, or the one in force. Raises CliError with every reason.

    The running system is asked only where no file has that name.
    """
    from services.consent.rules.reading import PolicyError, parse

    try:
        return parse(text_of(name, system))
    except PolicyError as error:
        reasons = "\n".join(f"  {reason}" for reason in error.reasons)
        raise CliError(f"`{name}` is no policy that can be applied:\n{reasons}") from error


def text_of(name: str, system: Callable[[], Any]) -> str:
    """Return the text of that file, or of the policy of that hash or in force. Raises CliError."""
    if name != CURRENT and Path(name).is_file():
        return _read(Path(name))
    if name in SHIPPED:
        return _read(POLICIES / f"{name}.toml")
    if name != CURRENT and not HASH.fullmatch(name):
        raise NothingFound(
            f"no file `{name}`: name a draft's file, a policy's hash, `strict`, `practised` or `{CURRENT}`"
        )
    query = {} if name == CURRENT else {"hash": name}
    answer = system().get("/v1/policy", query)
    if answer.status == NOT_FOUND:
        raise NothingFound(f"no policy `{name}` was adopted: see sightline policy show")
    return str(answer.good()["text"])


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise CliError(f"`{path}` is not UTF-8: save it as UTF-8") from error
