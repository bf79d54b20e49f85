"""Who may open what, and who may be told about whose decisions (design 5, 9). What is hidden looks absent."""

from services.consent.store.ledger import Released
from services.runtime.identity import Caller
from services.runtime.partnership import Role
from services.vocabulary.agencies import HUB, HUB_ROLES, OFFICE, is_school
from services.vocabulary.grounds import Outcome

NOTIFY = "notify"
EDUCATION, PARTNERSHIP = "education", OFFICE
CHILDREN, FACTS = "children", "facts"


def openable(caller: Caller, release: Released) -> frozenset[str]:
    """Return the names of the sections a caller may ask to open of a release: all, some, or none."""
    if caller.role is Role.SERVICE:
        return _by_notify(release) if caller.agency == NOTIFY else frozenset()
    if caller.agency != release.recipient or caller.role is Role.RESPONDER:
        return frozenset()
    return frozenset(release.sections)


def _by_notify(release: Released) -> frozenset[str]:
    """Notify plans for children of schools and of the education officer, and counts them (decision 0010)."""
    if is_school(release.recipient) or release.recipient == EDUCATION:
        return frozenset(name for name in release.sections if base(name) == CHILDREN)
    if release.recipient == PARTNERSHIP:
        return frozenset(name for name in release.sections if name == FACTS)
    return frozenset()


def base(name: str) -> str:
    """Return the section an inbox name is an element of: `children[0]` is of `children`."""
    return name.partition("[")[0]


def sees_all(caller: Caller) -> bool:
    """Say whether a caller may be told about every decision: the Hub, and auditors."""
    return caller.role is Role.AUDITOR or (caller.agency == HUB and caller.role in HUB_ROLES)


def may_be_told(caller: Caller, recipient: str, outcome: Outcome) -> bool:
    """Say whether a caller may be told about the answer for a recipient.

    The Hub and auditors: all. A recipient's own lead: all about itself. Anybody else of it: permits.
    """
    if sees_all(caller):
        return True
    if caller.agency != recipient or caller.role in (Role.SERVICE, Role.RESPONDER):
        return False
    return caller.role is Role.LEAD or outcome is Outcome.PERMIT


def may_try(caller: Caller) -> bool:
    """Say whether a caller may try a draft on the log: the Hub's lead, and the partnership's office."""
    if caller.agency == PARTNERSHIP:
        return caller.person is not None
    return caller.agency == HUB and caller.role is Role.LEAD


def reads_policies(caller: Caller) -> bool:
    """Say whether a caller may read and compare every policy there is, adopted, coming or shipped.

    The Hub, auditors, the partnership's office and every agency's own lead, each a named person. Everybody
    signed in may read the one in force, which names nobody: it is what they are told things by.
    """
    if caller.person is None:
        return False
    return sees_all(caller) or caller.agency == PARTNERSHIP or caller.role is Role.LEAD
