"""What an empty log begins with, before the system says it is ready: who joins, and the strict policy."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any

from services.cli.client import JSON, Answer, connect, exchange
from services.cli.errors import CliError

REFUSALS = frozenset({400, 401, 403, 413, 422})
ACCEPTED = frozenset({200, 201, 409})
"""It is in the log, now or since an earlier try, which said another time of day: that one stands."""
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


def joining(recipient: str, second: str, now: datetime) -> dict[str, Any]:
    """Return the event by which the partnership lets a recipient join, confirmed by a `second` person.

    Its id is made from the recipient: each joins once, however often this is published.
    """
    return {
        "type": "RecipientJoined",
        "id": f"joined-{recipient}",
        "occurred_at": now.isoformat(),
        "facts": {"recipient": recipient, "confirmed_by": second},
    }


def adopted(
    keyring: str, door: str, token: Callable[[str], str], events: Callable[[], Iterable[dict[str, Any]]]
) -> bool:
    """Say whether the gate knows a policy; where it knows none, publish the events as `partnership`.

    The policy comes last, each once the one before is accepted: where one is known, all of them are.
    Call again until true. Raises CliError when the door refuses one.
    """
    if ask(keyring, "GET", "/v1/policy", token("police")).status == http.client.OK:
        return True
    for event in events():
        answer = ask(door, "POST", "/v1/events", token("partnership"), json.dumps(event).encode())
        if answer.status in REFUSALS:
            said = answer.body.decode(errors="replace")[:600]
            raise CliError(f"the door refused the {event['type']} that the log begins with: {said}")
        if answer.status not in ACCEPTED:
            break
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
