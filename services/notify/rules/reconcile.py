"""Every child counted once: in = told + escalated + listed (design 7; NA 4.16)."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where the children of one occurrence went. `children` comes from the police's own count, the rest from
    what was released: `unaccounted` children were counted and never seen, `overcounted` were seen beyond the
    count. Both are nought when all is well."""

    children: int
    told: int
    escalated: int
    listed: int

    @property
    def unaccounted(self) -> int:
        """Return the children of whom nobody can say where they went."""
        return max(0, self.children - self.told - self.escalated - self.listed)

    @property
    def overcounted(self) -> int:
        """Return the children seen beyond the police's count."""
        return max(0, self.told + self.escalated + self.listed - self.children)


def account(
    children: int, *, listed: AbstractSet[str], escalated: AbstractSet[str], told: AbstractSet[str]
) -> Account:
    """Count each child of one occurrence once: listed, else escalated, else told."""
    return Account(
        children=children,
        listed=len(listed),
        escalated=len(escalated - listed),
        told=len(told - escalated - listed),
    )


def counted(forms: Iterable[tuple[bool, int | None]]) -> int:
    """Return how many children an occurrence has, from its forms in order as (is a correction, its count).

    The largest count any form gave; a correction is a whole form, and what came before it no longer counts.
    """
    largest = 0
    for is_correction, count in forms:
        if count is not None:
            largest = count if is_correction else max(largest, count)
    return largest
