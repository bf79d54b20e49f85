"""Erasure: what may stand against it, and how far an order has come (design 8, decision 0027)."""

from services.vocabulary.words import Word


class Objection(Word):
    """Say why a person may not be made unreadable."""

    LEGAL_HOLD = "legal-hold"
    """Somebody placed one: for a death review, a court, an inquiry, a complaint."""
    OPEN_CASE = "open-case"
    RECENT_MARAC = "recent-marac"
    HEARD_OF_AGAIN = "heard-of-again"
    """An event came about an incident of theirs after the order: whoever is in danger again is kept."""
    LINKED_MEANWHILE = "linked-meanwhile"
    """Who they are was said anew after the order: what it was given for is not what it would erase."""
    NOT_ALL_READ = "not-all-read"
    """An event came after the order that this gate cannot read: it may be about them."""


class Order(Word):
    """Say how far the last order to erase a person has come."""

    NONE = "none"
    REFUSED = "refused"
    STANDS = "stands"
    """Nothing of them opens, and nothing is destroyed yet."""
    STOPPED = "stopped"
    DUE = "due"
    """Their key is to seal nothing any more, and then to be destroyed."""
    ERASED = "erased"
    """Their key is destroyed, again and again wherever a copy of it comes back."""


PENDING = frozenset({Order.STANDS, Order.DUE})
"""What may yet be stopped: nothing of the person opens meanwhile."""
