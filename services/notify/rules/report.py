"""Operation Encompass by date of occurrence: told, escalated and listed add up (NA 4.15, 4.16)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from services.notify.rules.placement import Reason, is_by_phone
from services.notify.rules.reconcile import Account, account, counted
from services.notify.rules.tokens import one_child
from services.notify.state import Attempt, Form, Listing, Notification, Reached, Stage, Standing
from services.vocabulary.events import EventType

TOLD = "told"
"""What became of a message that stands in its school's inbox and for which nobody had to phone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """Everything known of one occurrence."""

    id: str
    forms: tuple[Form, ...]
    notifications: tuple[Notification, ...]
    listings: tuple[Listing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One occurrence with children, reconciled. `listings` are those that stand."""

    occurrence: str
    occurred_at: datetime
    account: Account
    notifications: tuple[Notification, ...]
    listings: tuple[Listing, ...]
    reasons: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The rows and what they add up to; sums are of rows, so that no surplus hides a gap."""

    rows: tuple[Row, ...]

    @property
    def total(self) -> Mapping[str, int]:
        """Return the sums of every row's account."""
        names = ("children", "told", "escalated", "listed", "unaccounted", "overcounted")
        return {name: sum(getattr(row.account, name) for row in self.rows) for name in names}

    @property
    def phoned(self) -> tuple[str, ...]:
        """Return the ids of the messages and listings about which somebody was to phone."""
        about = [one.id for row in self.rows for one in row.notifications if one.escalated_at]
        leads = [one.id for row in self.rows for one in row.listings if is_by_phone(one.reason)]
        return (*about, *leads)

    @property
    def home_educated(self) -> Mapping[str, int]:
        """Return in how many occurrences children are educated at home, and how many they are."""
        counts = [row.reasons.get(Reason.HOME_EDUCATED.value, 0) for row in self.rows]
        return {"occurrences": sum(1 for count in counts if count), "children": sum(counts)}


def report(occurrences: Iterable[Occurrence]) -> Report:
    """Reconcile every occurrence in which there are children, in the order they happened."""
    rows = [_row(one) for one in occurrences]
    with_children = [row for row in rows if row.account.children or row.account.overcounted]
    return Report(rows=tuple(sorted(with_children, key=lambda row: (row.occurred_at, row.occurrence))))


def happened_at(one: Occurrence) -> datetime:
    """Return when it happened: as its first form says, else as whatever is known of it."""
    told = [form.occurred_at for form in one.forms if form.occurred_at is not None]
    others: list[Notification | Listing] = [*one.notifications, *one.listings]
    return told[0] if told else min(known.occurred_at for known in others)


def outcome_of(notification: Notification) -> str:
    """Return what became of a message, in the words the counts use."""
    if notification.standing is not Standing.STANDS:
        return notification.standing.value
    if notification.escalated_at:
        return Stage.ESCALATED.value
    return TOLD if notification.delivered_at else Stage.PLANNED.value


def is_lead_owed(listing: Listing, made: Iterable[Attempt]) -> bool:
    """Say whether the council's lead is still to be phoned about a child, after the calls made about it."""
    stands = listing.standing is Standing.STANDS and is_by_phone(listing.reason)
    told = any(one.notification == listing.id and one.reached is Reached.SPOKE for one in made)
    return stands and not told


def _row(one: Occurrence) -> Row:
    listings = [known for known in one.listings if known.standing is Standing.STANDS]
    standing = [known for known in one.notifications if known.standing is Standing.STANDS]
    among = {*(known.child for known in listings), *(c for known in standing for c in known.children)}
    listed = frozenset(one_child(known.child, among) for known in listings)
    here = _children(standing, among)
    return Row(
        occurrence=one.id,
        occurred_at=happened_at(one),
        account=account(
            counted((form.event_type == EventType.VPA_CORRECTED, form.child_count) for form in one.forms),
            listed=listed,
            escalated=_children((known for known in one.notifications if known.escalated_at), among) & here,
            told=_children((known for known in standing if known.delivered_at), among),
        ),
        notifications=one.notifications,
        listings=tuple(listings),
        reasons=_reasons(listings, among),
    )


def _children(notifications: Iterable[Notification], among: AbstractSet[str]) -> AbstractSet[str]:
    return frozenset(one_child(child, among) for one in notifications for child in one.children)


def _reasons(listings: Sequence[Listing], among: AbstractSet[str]) -> Mapping[str, int]:
    """Count children by reason, each once: by the reason given last."""
    last = {
        one_child(one.child, among): one.reason for one in sorted(listings, key=lambda known: known.listed_at)
    }
    return dict(sorted(Counter(last.values()).items()))
