"""Recognise a member of staff under every name they are known by: linked persons are one (decision 0023)."""

from collections.abc import Iterable, Mapping

from services.consent.keyring.parties import Matches
from services.consent.state.links import PersonOf, group


class Linked:
    """The door's match tokens, each with everybody who is one with whom it is known for."""

    def __init__(self, tokens: Matches, person_of: PersonOf) -> None:
        self._tokens = tokens
        self._person_of = person_of

    def match(self, tokens: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        """Return the persons each token is known for, and whom those are linked with, in a fixed order."""
        return {token: self._with_linked(persons) for token, persons in self._tokens.match(tokens).items()}

    def _with_linked(self, persons: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted({each for person in persons for each in group(self._person_of, person)}))
