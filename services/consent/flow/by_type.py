"""What a policy answers by an event's type alone, for each recipient: made once and kept."""

from collections.abc import Mapping

from services.consent.flow.decision import Answer
from services.consent.flow.desk import Desk
from services.consent.flow.release import denied, unconditional
from services.consent.rules.policy import EDUCATION, PARTNERSHIP
from services.consent.rules.route import Rulebook, Verdict
from services.vocabulary.events import VPA_FAMILY
from services.vocabulary.grounds import Reason

NOT_ROUTED = frozenset({PARTNERSHIP, EDUCATION, "police"})
"""Who gets a form by rules of their own, which no news about it changes."""


class ByType:
    """Keeps what is the same for every event of a type and publisher under one policy."""

    def __init__(self, rulebook: Rulebook, desk: Desk) -> None:
        self._rulebook = rulebook
        self._desk = desk
        self._always: dict[tuple[str, str], Verdict | None] = {}
        self._usual: dict[tuple[str, str, tuple[str, ...]], dict[str, Answer | None]] = {}
        self._routed: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = {}

    def usual(
        self, event_type: str, publisher: str, recipients: tuple[str, ...]
    ) -> Mapping[str, Answer | None]:
        """Return each recipient's answer where the type alone gives it, else None, in order."""
        key = (event_type, publisher, recipients)
        found = self._usual.get(key)
        if found is None:
            found = self._usual[key] = {
                recipient: self._settled(recipient, event_type, publisher) for recipient in recipients
            }
        return found

    def always(self, to: str, event_type: str) -> Verdict | None:
        """Return the verdict for whoever gets each event as it is, or None where the policy has no rule."""
        key = (to, event_type)
        if key not in self._always:
            rules = self._rulebook.own_rules(to, event_type)
            self._always[key] = unconditional(rules[0]) if rules else None
        return self._always[key]

    def routed(self, event_type: str, recipients: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of the recipients whose answer about an event hangs on circumstances."""
        key = (event_type, recipients)
        if key not in self._routed:
            left_out = NOT_ROUTED if event_type in VPA_FAMILY else frozenset({PARTNERSHIP})
            self._routed[key] = tuple(
                recipient
                for recipient in recipients
                if recipient not in left_out and self._rulebook.settled(recipient, event_type) is None
            )
        return self._routed[key]

    def may_tell(self, event_type: str) -> bool:
        """Say whether any rule may tell somebody of an event of a type, beside who gets each as it is.

        Whoever may yet join counts: a backfill may bring it then.
        """
        everybody = (*self._desk.recipients, *self._desk.by_event)
        return bool(self.routed(event_type, everybody)) or bool(
            self._rulebook.rules_for("instance:", event_type)
        )

    def _settled(self, recipient: str, event_type: str, publisher: str) -> Answer | None:
        if recipient in (PARTNERSHIP, publisher):
            return None
        if event_type in VPA_FAMILY and recipient == EDUCATION:
            return None
        settled = self._rulebook.settled(recipient, event_type)
        if settled is None:
            return None
        return denied(recipient, rule=settled.rule, reason=settled.reason or Reason.NOT_OWED)
