"""Whom a sandbox rehearses, and the ids that have it answer in a way one has to be ready for.

A sandbox is registered for one publisher, `sandbox:police` for `police`. It is no recipient, no publisher of
any event, and in no topic: what it sends is answered as the door would answer that publisher, and forgotten.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

PREFIX: Final = "sandbox:"
"""Before the name of the publisher it rehearses; and before the ids that mean something to it alone."""


class Forced(StrEnum):
    """Ids of an event that have a sandbox answer so, as long as the event itself holds.

    No publisher numbers its events so: the prefix is a sandbox's own. To the door itself they are ids like
    any other, since nothing urgent is bounced for how it is numbered.
    """

    DUPLICATE = "sandbox:duplicate"
    CONFLICT = "sandbox:conflict"
    REFUSED = "sandbox:refused"
    DEFECT = "sandbox:defect"
    UNROUTABLE = "sandbox:unroutable"
    LATE = "sandbox:late"
    BUSY = "sandbox:busy"


ANSWERS: Final[Mapping[Forced, str]] = {
    Forced.DUPLICATE: "You have sent this before: status duplicate, with its receipt (200).",
    Forced.CONFLICT: "You have sent another event under this id: refused with different-body (409).",
    Forced.REFUSED: "Refused with every reason at once: what is wrong with the event, that it does not say "
    "when it happened, and a field nobody knows (422).",
    Forced.DEFECT: "Accepted, with a defect to be mended by a correction (201).",
    Forced.UNROUTABLE: "Accepted, but no registered school has the number of any child's: the children go to "
    "the education officer, and each is a defect (201). An event without a child is refused.",
    Forced.LATE: "The log acknowledges late: first 503 with Retry-After. The same sent again is a duplicate, "
    "with its receipt (200); sent once more, it begins anew.",
    Forced.BUSY: "The door is full: 503 with Retry-After, however often it is sent.",
}
"""What is answered to each, in a sentence or two for whoever builds on it."""


def is_sandbox(name: str) -> bool:
    """Say whether a name is a sandbox's."""
    return name.startswith(PREFIX) and len(name) > len(PREFIX)


def rehearsed(sandbox: str) -> str:
    """Return the publisher whom a sandbox rehearses; any other name as it is."""
    return sandbox.removeprefix(PREFIX)
