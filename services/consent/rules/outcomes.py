"""To whom the outcome of what was expected comes back: to who sent it (NA 6.184)."""

from services.consent.rules.policy import Policy
from services.consent.state.entities import Held, Incident


def senders_to(incident: Incident, recipient: str, policy: Policy) -> tuple[str, ...]:
    """Return who published what a recipient holds of an incident and is expected to act on, in order.

    An answer says which release it is of, and the gate knows none by its id: whoever sent anything that
    expects something hears of it. Who sent facts alone, about who else acts, expects nothing. The police,
    who publish the forms, hear of every outcome by a rule of their own.
    """
    senders = (
        beside.form.publisher
        for beside in incident.beside.values()
        if _is_expected(beside.held.get(recipient), policy)
    )
    return tuple(sorted({*senders} - {recipient}))


def _is_expected(held: Held | None, policy: Policy) -> bool:
    rule = policy.rule(held.rule) if held is not None else None
    return rule is not None and rule.expects is not None
