"""Whether a channel may be used to reach an adult victim (NA 3.20): only a plain yes is safe.

A number is never shown as safe because nobody said it was not: missing, unclear and unknown are all "do not".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.vocabulary.consent import SafeToUse

CHANNELS: Mapping[str, tuple[str, ...]] = {
    "phone": ("phone",),
    "post": ("address", "postcode"),
    "email": ("email",),
}
"""Each channel, and the fields that say where it leads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One way to reach somebody: where it leads, whether it is safe, and why or within what hours.

    `against` is the first reason not to use it, whether or not one is recorded; None where there is none.
    """

    name: str
    value: str | None
    against: str | None
    safe: bool
    why: str


def channels(contact: Mapping[str, object]) -> tuple[Channel, ...]:
    """Return every channel of a contact section, those without an address included."""
    return tuple(_channel(name, contact) for name in CHANNELS)


def _channel(name: str, contact: Mapping[str, object]) -> Channel:
    said = contact.get("safe")
    safety: Mapping[str, object] = said if isinstance(said, Mapping) else {}
    value = ", ".join(_texts(contact.get(field) for field in CHANNELS[name])) or None
    against = _against(name, safety, contact.get("do_not_contact"))
    if value is None:
        return Channel(name=name, value=None, against=against, safe=False, why="None is recorded.")
    return Channel(
        name=name,
        value=value,
        against=against,
        safe=against is None,
        why=against or _within(safety),
    )


def _against(name: str, safety: Mapping[str, object], do_not: object) -> str | None:
    """Return the first reason not to use a channel, or None where there is none.

    What the person said comes before the door's mark: it marks whatever is not a plain yes.
    """
    answer = safety.get(name)
    if answer == SafeToUse.NO:
        return "The person said this is not safe."
    if answer != SafeToUse.YES:
        return "It is not known whether this is safe."
    if name == "phone" and safety.get("phone_monitored") == SafeToUse.YES:
        return "The phone may be monitored."
    if isinstance(do_not, Sequence) and name in do_not:
        return "It is marked as not to be used, although the person said it is safe."
    return None


def _within(safety: Mapping[str, object]) -> str:
    hours = safety.get("hours")
    said = f" at these times only: {hours}" if isinstance(hours, str) and hours else ""
    return f"The person said this is safe{said}."


def _texts(values: Iterable[object]) -> list[str]:
    return [value for value in values if isinstance(value, str) and value]
