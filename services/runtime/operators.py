"""Who looks after the running system: what an operator may see, and nobody else."""

from services.runtime.identity import Caller
from services.runtime.partnership import Role
from services.vocabulary.agencies import HUB, HUB_ROLES


def operates(caller: Caller) -> bool:
    """Say whether a caller may see how the system runs: the Hub's people, and auditors."""
    return caller.role is Role.AUDITOR or (caller.agency == HUB and caller.role in HUB_ROLES)
