"""What is wrong with one place of a document, before it is known where the place is."""

from dataclasses import dataclass, replace

from services.ingest.state import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Say what is wrong at a path. Never quotes a value: it may be about a person."""

    path: tuple[str | int, ...] = ()
    rule: str
    detail: str
    fix: str

    def under(self, part: str | int) -> "Fault":
        """Return the fault as seen from one level up."""
        return replace(self, path=(part, *self.path))

    def reason(self) -> Reason:
        """Return the fault with its JSON pointer (RFC 6901)."""
        return Reason(pointer=pointer(self.path), rule=self.rule, detail=self.detail, fix=self.fix)


def pointer(path: tuple[str | int, ...]) -> str:
    """Return the JSON pointer of a path."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
