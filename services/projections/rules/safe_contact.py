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

    `answer` is what was said of it, whatever else stands against using it.
    """

    name: str
    value: str | None
    answer: SafeToUse
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
        return Channel(
            name=name, value=None, answer=_answer(name, safety), safe=False, why="None is recorded."
        )
    return Channel(
        name=name,
        value=value,
        answer=_answer(name, safety),
        safe=against is None,
        why=against or _within(safety),
    )


def _answer(name: str, safety: Mapping[str, object]) -> SafeToUse:
    """Return what was said of a channel; what cannot be read as an answer is not known."""
    said = safety.get(name)
    return next((answer for answer in SafeToUse if answer == said), SafeToUse.NOT_KNOWN)


def _against(name: str, safety: Mapping[str, object], do_not: object) -> str | None:
    """Return the first reason not to use a channel, or None where there is none."""
    answer = safety.get(name)
    if isinstance(do_not, Sequence) and name in do_not:
        return "Do not contact this way."
    if answer == SafeToUse.NO:
        return "The person said this is not safe."
    if answer != SafeToUse.YES:
        return "It is not known whether this is safe."
    if name == "phone" and safety.get("phone_monitored") == SafeToUse.YES:
        return "The phone may be monitored."
    return None


def _within(safety: Mapping[str, object]) -> str:
    hours = safety.get("hours")
    said = f" at these times only: {hours}" if isinstance(hours, str) and hours else ""
    return f"The person said this is safe{said}."


def _texts(values: Iterable[object]) -> list[str]:
    return [value for value in values if isinstance(value, str) and value]
