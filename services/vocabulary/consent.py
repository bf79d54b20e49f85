"""What a victim may answer when asked whether a recipient may be told (NA 4.21, 4.22, 4.26)."""

from services.vocabulary.words import Word


class ConsentAnswer(Word):
    """One answer, for one recipient.

    `COULD_NOT_ASK` never replaces an answer that was given; `WITHDRAWN` wins a tie on `occurred_at`.
    """

    GIVEN = "given"
    REFUSED = "refused"
    COULD_NOT_ASK = "could_not_ask"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


NOT_FOR_SHARING = frozenset({"research", "training", "evaluation", "publication"})
"""Purposes of a consent that was asked for something else than sharing: it lets nobody be told (NA 4.21)."""


class SafeToUse(Word):
    """Whether a channel is safe for contact: anything but a plain yes means do not contact on it."""

    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not_known"


class SchoolConflict(Word):
    """Whether a parent works at the child's school: then the school is not told by the usual route."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
