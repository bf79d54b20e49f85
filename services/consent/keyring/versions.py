"""The policies there are: in force, coming, adopted before, and those shipped with the code."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from services.consent.keyring.rights import reads_policies
from services.consent.keyring.unsealing import Unsealer
from services.consent.rules.policy import Policy
from services.consent.rules.reading import parse
from services.consent.state.entities import Standing
from services.consent.store.gate import Adopted
from services.consent.store.ledger import InForce, Ledger
from services.runtime.identity import Caller
from services.vocabulary.times import format_time, parse_time

POLICIES = Path(__file__).parents[1] / "policies"
SHIPPED = ("strict", "practised")
ROUTING, FACTS = "routing", "facts"


class Adopters(NamedTuple):
    """Which two people adopted a policy, and from when, where the event says so."""

    by: str | None
    confirmed_by: str | None
    effective_at: str | None


class Adoptions(Protocol):
    """What is needed of what reads adoptions in the log."""

    def adopters(self, offset: int) -> Adopters:
        """Return who adopted the policy of the event at an offset of `log`."""


class AdoptionsInLog:
    """Reads who adopted a policy from the event itself: its routing and its facts, and nothing else."""

    def __init__(self, unsealer: Unsealer) -> None:
        self._unsealer = unsealer
        self.adopters = lru_cache(maxsize=256)(self._read)

    def _read(self, offset: int) -> Adopters:
        said = dict(self._unsealer.telling(self._unsealer.event(offset), (ROUTING, FACTS)))
        routing, facts = said.get(ROUTING, {}), said.get(FACTS, {})
        return Adopters(
            by=routing.get("publisher_person"),
            confirmed_by=facts.get("confirmed_by"),
            effective_at=facts.get("effective_at"),
        )


class Versions:
    """Answers for policies, as far as whoever asks may read them. Every text adopted is kept by its hash."""

    def __init__(self, ledger: Ledger, adoptions: Adoptions) -> None:
        self._ledger = ledger
        self._adoptions = adoptions
        self._shipped = {name: parse((POLICIES / f"{name}.toml").read_text("utf-8")) for name in SHIPPED}

    def listed(self, caller: Caller) -> Mapping[str, Any] | None:
        """Return every policy adopted, the latest first, and those shipped; None for who may not compare.

        `standing` is `in-force`, `coming` or `earlier`. Raises `Unavailable` where the log does not answer.
        """
        if not reads_policies(caller):
            return None
        return {
            "versions": list(self._adopted()),
            "shipped": [_shipped(policy) for policy in self._shipped.values()],
        }

    def shipped(self, caller: Caller, name: str) -> Mapping[str, Any] | None:
        """Return a policy shipped with the code, whole; None for what there is not or is not the caller's."""
        policy = self._shipped.get(name)
        if policy is None or not reads_policies(caller):
            return None
        return {**_shipped(policy), "text": policy.text}

    def adopted(self, caller: Caller, policy: str | None) -> InForce | None:
        """Return the policy in force, to anybody; or one by its hash, to who may read every version."""
        found = self._ledger.policy(policy)
        if found is None or reads_policies(caller):
            return found
        return found if found.hash == self._ledger.taking_part().policy else None

    def _adopted(self) -> Iterator[Mapping[str, Any]]:
        standing = self._ledger.taking_part()
        governs = standing.policy
        for each in self._ledger.policies():
            how = _standing(each, standing, governs)
            governs = None if how == "in-force" else governs
            adopters = self._adoptions.adopters(each.offset)
            yield {
                "hash": each.hash,
                "name": each.name,
                "version": each.version,
                "standing": how,
                "adopted_at": each.adopted_at,
                "in_force_from": _from(adopters, each),
                "adopted_by": adopters.by,
                "confirmed_by": adopters.confirmed_by,
            }


def _standing(each: Adopted, standing: Standing, governs: str | None) -> str:
    """Say how an adoption stands. Of one text adopted twice, the later adoption is the one in force."""
    if each.offset in {coming.offset for coming in standing.coming}:
        return "coming"
    return "in-force" if each.hash == governs else "earlier"


def _from(adopters: Adopters, each: Adopted) -> str:
    """Return when it came or comes into force: never before it was adopted."""
    adopted = parse_time(each.adopted_at)
    named = parse_time(adopters.effective_at) if adopters.effective_at is not None else adopted
    return format_time(max(named, adopted))


def _shipped(policy: Policy) -> Mapping[str, Any]:
    return {
        "hash": policy.hash,
        "name": policy.name,
        "version": policy.version,
        "lawful": not policy.unlawful,
    }
