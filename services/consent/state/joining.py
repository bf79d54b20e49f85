"""Who joined, and what history was ordered for them: a new recipient gets it by a backfill alone (design 5).

Nothing is withheld from a founding recipient for having been recorded too early, so a backfill ordered for
one changes nothing; nor does one for somebody who has not joined: order it again once they have.
"""

from collections.abc import Collection, Iterator

from services.consent.state.entities import Backfill, Bringing, Form, Joined, Standing
from services.consent.state.heard import Heard
from services.consent.state.world import MOST_AT_ONCE, World
from services.vocabulary.events import EventType


def join(world: World, heard: Heard, may_join: Collection[str]) -> None:
    """Fold a joining, or an order of history, that a second person confirmed. Joining twice changes nothing.

    `may_join`: who is registered to join by an event.
    """
    if not heard.readable or not heard.is_confirmed:
        return
    standing = world.standing
    if heard.type == EventType.RECIPIENT_JOINED:
        new = [to for to in heard.named if to in may_join and to not in standing.joined]
        joined = Joined(heard.recorded_at, heard.offset)
        if new:
            world.standing = standing._replace(joined={**standing.joined, **dict.fromkeys(new, joined)})
    if heard.type == EventType.BACKFILL_ORDERED:
        ordered = tuple(_ordered(standing, heard))
        bringing = (*standing.bringing, *(Bringing(each, (each.since, "")) for each in ordered))
        world.standing = standing._replace(backfills=(*standing.backfills, *ordered), bringing=bringing)


def bring(world: World) -> None:
    """Bring up the next incidents that the backfills ordered so far are about: they are `brought`.

    As many as one event may meet, those left out that time made due; the rest wait for the next event.
    """
    room = MOST_AT_ONCE - len(world.ripe)
    brought: dict[str, tuple[str, ...]] = {}
    left: list[Bringing] = []
    for each in world.standing.bringing:
        found = world.occurred(each.reached, each.backfill.until, room)
        if len(found) == room:
            left.append(each._replace(reached=found[-1]) if found else each)
        room -= len(found)
        for _, incident in found:
            known = brought.get(incident, ())
            brought[incident] = tuple(dict.fromkeys((*known, each.backfill.recipient)))
    world.brought = brought
    if world.standing.bringing:
        world.standing = world.standing._replace(bringing=tuple(left))


def is_of_the_past(standing: Standing, recipient: str, form: Form) -> bool:
    """Say whether an event was recorded before its recipient joined, and no backfill for it covers it."""
    joined = standing.joined.get(recipient)
    if joined is None or form.offset >= joined.offset:
        return False
    return not any(
        each.recipient == recipient and each.since <= form.occurred_at <= each.until
        for each in standing.backfills
    )


def _ordered(standing: Standing, heard: Heard) -> Iterator[Backfill]:
    if heard.since is None or heard.until is None:
        return
    for recipient in heard.named:
        if recipient in standing.joined:
            yield Backfill(recipient, heard.since, heard.until)
