"""The strict policy, adopted on an empty log before the system says it is ready."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any

from services.cli.client import JSON, Answer, connect, exchange
from services.cli.errors import CliError

REFUSALS = frozenset({400, 401, 403, 413, 422})
NO_ANSWER = Answer(status=0, body=b"", content_type="")


def adoption(text: str, decision_version: int, second: str, now: datetime) -> dict[str, Any]:
    """Return the event by which the partnership adopts a policy at once, confirmed by a `second` person.

    Its id is made from the text: the same policy is adopted once, however often this is published.
    """
    digest = sha256(text.encode()).hexdigest()
    return {
        "type": "PolicyAdopted",
        "id": f"policy-{digest[:32]}",
        "occurred_at": now.isoformat(),
        "facts": {
            "policy": digest,
            "decision_version": decision_version,
            "confirmed_by": second,
        },
        "policy": {"text": text},
    }


def adopted(
    keyring: str, door: str, token: Callable[[str], str], event: Callable[[], dict[str, Any]]
) -> bool:
    """Say whether the gate knows a policy; where it knows none, publish the event as `partnership`.

    Call again until true. Raises CliError when the door refuses the policy.
    """
    if ask(keyring, "GET", "/v1/policy", token("police")).status == http.client.OK:
        return True
    answer = ask(door, "POST", "/v1/events", token("partnership"), json.dumps(event()).encode())
    if answer.status in REFUSALS:
        raise CliError(f"the door refused the policy: {answer.body.decode(errors='replace')[:600]}")
    return False


def ask(url: str, method: str, path: str, token: str = "", body: bytes | None = None) -> Answer:
    """Send one request; status 0 when nobody answers."""
    connection = connect(url)
    try:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": JSON}
        return exchange(connection, method, path, body, headers)
    except (OSError, http.client.HTTPException):
        return NO_ANSWER
    finally:
        connection.close()
