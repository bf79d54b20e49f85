"""Who waits for a number that is missing: how many, since when, and behind what. Counted, nobody named.

A reader applies a recipient's next number alone, so one record that it cannot read keeps from that recipient
all that follows, although every record was read and nothing is behind by its offset.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from services.runtime.standing import Waits
from services.vocabulary.agencies import topic_of


def waits(since: Mapping[str, datetime], aside: Collection[str]) -> Waits:
    """Return how it stands with who waits. `since`: by recipient, when a later number came than is due there.

    `aside`: the topics of which a record stands aside. In a topic that several share, it may be another's.
    """
    return Waits(
        recipients=len(since),
        since=min(since.values(), default=None),
        behind_aside=sum(topic_of(recipient) in aside for recipient in since),
    )
