"""Read an event's sections from the log and unseal them: the last step before content is shown."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from services.consent.keyring.parties import Content
from services.consent.keyring.suspending import GivesKeys
from services.eventlog import codec
from services.eventlog.catalogue import Catalogue
from services.eventlog.envelope import Section
from services.eventlog.records import Stored
from services.eventlog.sealing import open_section, person_of
from services.eventlog.topics import LOG


class Fetches(Protocol):
    """What opening needs of a reader."""

    def end(self, topic: str) -> int:
        """Return where a topic ends."""

    def fetch(self, topic: str, offsets: Collection[int]) -> dict[int, Stored]:
        """Return the records at these offsets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What opens sections: persons' keys, the routing key, and what the content means."""

    persons: GivesKeys
    routing: bytes
    catalogue: Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedEvent:
    """An event's sections, by leaf."""

    id: str
    type: str
    sections: Mapping[int, Section]


class Unsealer:
    """Unseals sections of events in the log."""

    def __init__(self, log: Fetches, keys: Keys) -> None:
        self._log = log
        self._keys = keys

    def event(self, offset: int) -> SealedEvent:
        """Return the event at an offset of the log, sealed."""
        (event,) = self.events([offset])
        return event

    def events(self, offsets: Collection[int]) -> tuple[SealedEvent, ...]:
        """Return the events at these offsets of the log, sealed, in the order given, asked for at once."""
        stored = self._log.fetch(LOG, offsets) if offsets else {}
        return tuple(_sealed(stored[offset]) for offset in offsets)

    def unsealed(self, event: SealedEvent, leaves: Iterable[int]) -> dict[int, Mapping[str, Any]]:
        """Return the content at those of these leaves that can be opened: the erased are left out."""
        return {
            leaf: self._plain(event, event.sections[leaf], key) for leaf, key in self._keyed(event, leaves)
        }

    def telling(self, event: SealedEvent, names: Collection[str]) -> Iterator[Content]:
        """Yield the content of sections of these names that can still be opened: the erased say nothing."""
        wanted = [leaf for leaf, section in event.sections.items() if section.name in names]
        for leaf, content in self.unsealed(event, wanted).items():
            yield event.sections[leaf].name, content

    def whose(self, event: SealedEvent, leaf: int) -> str | None:
        """Return the person a section is sealed for; None: the routing key seals it. It opens nothing."""
        return person_of(event.sections[leaf], event.id, self._keys.routing)

    def _keyed(self, event: SealedEvent, leaves: Iterable[int]) -> Iterator[tuple[int, bytes]]:
        persons = {leaf: person_of(event.sections[leaf], event.id, self._keys.routing) for leaf in leaves}
        keys = self._keys.persons.get_all(person for person in persons.values() if person is not None)
        for leaf, person in persons.items():
            if person is None:
                yield leaf, self._keys.routing
            elif person in keys:
                yield leaf, keys[person]

    def _plain(self, event: SealedEvent, section: Section, key: bytes) -> Mapping[str, Any]:
        schema = self._keys.catalogue.section(section.schema_id, event.type)
        return codec.decode_content(schema, open_section(section, event.id, key))


def _sealed(stored: Stored) -> SealedEvent:
    envelope = codec.decode_envelope(stored.value)
    header = codec.decode_header(envelope.header)
    sections = (codec.decode_section(sealed.body) for sealed in envelope.sections)
    return SealedEvent(id=header.event_id, type=header.type, sections={one.index: one for one in sections})
