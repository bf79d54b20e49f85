"""Which ways of reaching the adult victim are safe (NA 3.20; design 4)."""

from collections.abc import Iterator

from services.ingest.rules.reading import part, text
from services.ingest.state import Reason, Record
from services.vocabulary.consent import SafeToUse

CHANNELS = {"phone": ("phone",), "post": ("address", "postcode"), "email": ("email",)}
"""Each channel with the details that reach it."""


def do_not_contact(contact: Record) -> list[str]:
    """Return every channel that nobody said is safe: not knowing is a no."""
    safe = part(contact, "safe")
    return [channel for channel in CHANNELS if text(safe, channel) != SafeToUse.YES]


def unstated(contact: Record) -> Iterator[Reason]:
    """Yield a reason where nothing is said of any channel, or for each detail given without a word on it."""
    safe = part(contact, "safe")
    if all(text(safe, channel) is None for channel in CHANNELS):
        yield Reason(
            pointer="/contact/safe",
            rule="safe-contact",
            detail="nothing says whether the contact details are safe to use: do not contact is set",
            fix="set contact.safe.phone, .post and .email to yes, no or not_known",
        )
        return
    for channel, details in CHANNELS.items():
        if any(text(contact, detail) for detail in details) and text(safe, channel) is None:
            yield Reason(
                pointer=f"/contact/safe/{channel}",
                rule="safe-contact",
                detail=f"contact by {channel} is not marked safe to use",
                fix=f"set contact.safe.{channel} to yes, no or not_known",
            )
