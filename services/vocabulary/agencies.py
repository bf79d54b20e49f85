"""Who takes part, by name, and which topic a name's releases travel in.

A recipient is a single controller: `dafsu`, or one of many by instance, `school:900001`.
A category (`school`, `gp`) is never a recipient, but names whole classes of publishers in a schema.
"""

from collections.abc import Iterable

RECIPIENTS = (
    "police",
    "cedah",
    "dafsu",
    "checs",
    "family-help",
    "adult-social-care",
    "cheshire-cares",
    "mycwa",
    "health-0-19",
    "probation",
    "cgl",
    "housing",
    "youth-justice",
    "rasasc",
    "fire",
    "education",
    "partnership",
)
"""Every founding single-controller recipient, in the order decisions and print-outs use."""

JOINERS = ("emergency-duty-team",)
"""Single controllers that take part from when they joined by an event."""

SINGLE_CONTROLLERS = (*RECIPIENTS, *JOINERS)
"""Whom a policy may name, whether they take part yet or not."""

SHARED_TOPICS = {
    "school": "to.schools",
    "gp": "to.gp",
    "hospital": "to.hospital",
    "landlord": "to.landlord",
    "area": "to.area",
}
"""A topic name cannot hold a colon: instances of a category share one, read by our own services alone."""

SERVICES = ("ingest", "consent", "keyring", "projections", "notify", "audit", "console")
"""Our own services, which publish and call through the same doors as anyone else."""

HUB = "police"
"""The Constabulary's Vulnerability Hub, which reviews, shares, overrides and lists (NA 4.10)."""

OFFICE = "partnership"
"""The partnership's own office, which adopts policy, signs agreements and orders erasures."""

CHILDRENS_SERVICES = ("checs", "family-help")
"""Whose own duty to a child may outweigh an answer: they override for themselves and for nobody else."""

WORKS_WITH_BOTH = frozenset({"cedah", "dafsu", "mycwa"})
"""Who works with adult victims and with persons causing harm, each with people of their own (domain 1)."""

HUB_ROLES = frozenset({"lead", "practitioner", "officer"})
"""Roles of police persons who act for the Vulnerability Hub; a first responder is not one."""


REFERRERS = frozenset(
    {
        "cedah", "dafsu", "mycwa", "cheshire-cares", "hospital", "gp", "health-0-19", "housing", "probation",
        "cgl", "youth-justice", "rasasc", "fire", "checs", "family-help", "adult-social-care",
    }
)  # fmt: skip
"""Who may publish that somebody was referred: every agency, or class of them, that supports people."""


def in_order(recipients: Iterable[str]) -> tuple[str, ...]:
    """Return recipients in the order decisions use, whatever order they were registered in."""
    places = {name: place for place, name in enumerate(SINGLE_CONTROLLERS)}
    return tuple(sorted(set(recipients), key=lambda name: (places.get(name, len(places)), name)))


def category_of(name: str) -> str:
    """Return the part before the colon, or the whole name: `school:900001` is a `school`."""
    return name.partition(":")[0]


def is_recipient(name: str) -> bool:
    """Say whether the name is a single controller: registered by name, or an instance of a category."""
    category, colon, instance = name.partition(":")
    return name in SINGLE_CONTROLLERS or (bool(colon) and category in SHARED_TOPICS and bool(instance))


def topic_of(recipient: str) -> str:
    """Return the topic a recipient's releases travel in."""
    category, colon, _ = recipient.partition(":")
    return SHARED_TOPICS[category] if colon else f"to.{recipient}"


def is_school(name: str) -> bool:
    """Say whether the name is a school by instance."""
    return name.startswith("school:") and len(name) > len("school:")


def urn_of(school: str) -> str:
    """Return the URN of `school:<URN>`."""
    return school.partition(":")[2]


def school_of(urn: str) -> str:
    """Return the recipient that a URN names."""
    return f"school:{urn}"


def may_publish(name: str, publishers: Iterable[str]) -> bool:
    """Say whether a name is among permitted publishers, where a category admits all its instances."""
    permitted = frozenset(publishers)
    return name in permitted or (":" in name and category_of(name) in permitted)


def may_refer(name: str) -> bool:
    """Say whether an agency may publish a referral of somebody new (design 10)."""
    return may_publish(name, REFERRERS)
