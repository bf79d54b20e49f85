"""The trees over a partnership's records, as far as they were read (RFC 6962). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from services.eventlog.chain import Frontier

TREES = ("log", "decisions", "openings")

NEVER = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """One tree, and the size whose head was last signed and appended."""

    name: str
    frontier: Frontier = field(default_factory=Frontier)
    signed: int = NEVER

    def grown(self, leaf_hashes: Iterable[bytes]) -> "Tree":
        """Return the tree with these leaves added."""
        return replace(self, frontier=self.frontier.extended(leaf_hashes))

    def with_signed_head(self) -> "Tree":
        """Return the tree with its present head signed."""
        return replace(self, signed=self.frontier.size)

    def is_unsigned(self) -> bool:
        """Say whether its present head was not yet signed."""
        return self.signed != self.frontier.size
