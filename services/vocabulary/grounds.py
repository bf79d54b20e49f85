"""Grounds, reasons and outcomes of a decision: closed lists, in the order they are tried."""

from services.vocabulary.words import Word


class Ground(Word):
    """Why a recipient may lawfully be told. A decision names the first that holds, in this order."""

    HIGH_RISK = "high-risk"
    CHILD_SAFEGUARDING = "child-safeguarding"
    OPEN_CHILD_CASE = "open-child-case"
    ADULT_SAFEGUARDING = "adult-safeguarding"
    CONSENT = "consent"
    OVERRIDE = "override"
    MARAC = "marac"
    OPERATION_ENCOMPASS = "operation-encompass"
    CHILDS_WELFARE = "childs-welfare"
    DISCLOSURE = "disclosure"
    PARTNERSHIP = "partnership"
    OWN = "own"
    PRACTICE = "practice"
    """As practised, no lawful basis recorded (NA 4.21-4.26): for comparison, never to be adopted."""


LAWFUL = frozenset(Ground) - {Ground.PRACTICE}
"""Grounds on which a policy that is adopted may release."""

CAN_END = frozenset({Ground.CONSENT, Ground.OVERRIDE, Ground.MARAC})
"""Grounds that can end: an opening on one of these waits for the gate, so a withdrawal is honoured."""


GRADED = frozenset({Ground.HIGH_RISK, Ground.CHILD_SAFEGUARDING, Ground.ADULT_SAFEGUARDING})
"""Grounds that the grades of a form give: a later form that grades lower is a downgrade."""

ONCE = frozenset({Ground.OWN, Ground.PARTNERSHIP})
"""Grounds of releases that are never changed, recalled or stopped: each event once, as it is."""

ENCOMPASS = frozenset({Ground.OPERATION_ENCOMPASS, Ground.CHILDS_WELFARE})
"""Grounds that release children alone: not even an alias of the adult victim goes with them."""


class Outcome(Word):
    """The answer for one recipient of one event. Both are recorded."""

    PERMIT = "permit"
    DENY = "deny"


class Reason(Word):
    """Why a recipient is denied, or why a release was recalled."""

    NOT_OWED = "not-owed"
    NO_GROUND = "no-ground"
    AWAITING_REVIEW = "awaiting-review"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"
    RESTRICTED = "restricted"
    RULE_ERROR = "rule-error"
    UNCLASSIFIED = "unclassified"


class ReleaseKind(Word):
    """What a release does to what its recipient already holds."""

    NEW = "new"
    CHANGED = "changed"
    RECALLED = "recalled"
    CORRECTED = "corrected"


CLOSES = frozenset({ReleaseKind.RECALLED, ReleaseKind.CORRECTED})
"""What ends the earlier forms of an incident too, not the released event alone."""

REPLACES = CLOSES | {ReleaseKind.CHANGED}
"""What takes the place of the earlier forms of an incident. Those a change replaces may still be opened."""
