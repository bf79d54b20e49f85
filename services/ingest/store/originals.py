"""The originals that events put right or take back: a sender's own, by the ids it gave them, or by the log's.

What is taken back is read from its own sealed bytes: what it was, and about which incident.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from services.eventlog.catalogue import EventSchema, SectionSchema
from services.eventlog.codec import decode_content, decode_envelope, decode_header, decode_section
from services.eventlog.envelope import Envelope
from services.eventlog.ids import EVENT_ID, event_id
from services.eventlog.sealing import open_routed
from services.ingest.state import Submission
from services.ingest.store.outbox import Outbox
from services.runtime.secrets import Secrets
from services.vocabulary.events import NAME_NO_INCIDENT, EventType

ROUTING = "routing"


class Was(NamedTuple):
    """What an event was, and its internal incident; None: it is about none."""

    type: EventType
    incident: str | None


class Originals:
    """Find the originals that one sender's events name. Those of the same batch the caller knows itself."""

    def __init__(self, outbox: Outbox, secrets: Secrets, agency: str) -> None:
        self._outbox = outbox
        self._secrets = secrets
        self._agency = agency
        self._kept: Collection[str] = ()
        self._logged: Collection[str] = ()
        self._was: Mapping[str, Was] = {}

    def load(self, events: Iterable[tuple[Submission, EventSchema]]) -> None:
        """Read which of the originals are kept, and what those were that are taken back."""
        naming = [(event, schema) for event, schema in events if event.corrects is not None]
        if not naming:
            return
        named = {event.corrects for event, _ in naming if event.corrects}
        self._logged = self._outbox.of_agency(self._agency, filter(EVENT_ID.fullmatch, named))
        self._kept = self._outbox.find(filter(None, map(self.named, (event for event, _ in naming))))
        taken_back = {self.named(event): schema for event, schema in naming if _takes_back(event)}
        sealed = self._outbox.sealed(filter(None, taken_back))
        key = self._secrets.routing
        self._was = {
            name: _read(value, taken_back[name].section(ROUTING), key) for name, value in sealed.items()
        }

    def named(self, event: Submission) -> str | None:
        """Return the log's id of the original that an event names, whether there is one or not.

        Named by the log's id it is the sender's own, or none: what others published is not looked for.
        """
        if event.corrects in self._logged:
            return event.corrects
        return event_id(self._secrets.id, self._agency, event.corrects) if event.corrects else None

    def is_kept(self, name: str) -> bool:
        """Say whether the outbox has an original."""
        return name in self._kept

    def what_was(self, name: str) -> Was | None:
        """Return what an event was that is taken back; None: there is none."""
        return self._was.get(name)

    def incidents(self) -> set[str]:
        """Return the internal incidents of what is taken back."""
        return {was.incident for was in self._was.values() if was.incident is not None}


def _takes_back(event: Submission) -> bool:
    return event.type is EventType.EVENT_RETRACTED


def _read(value: bytes, routing: SectionSchema, routing_key: bytes) -> Was:
    envelope = decode_envelope(value)
    header = decode_header(envelope.header)
    was = EventType(header.type)
    if was in NAME_NO_INCIDENT:
        return Was(was, None)
    return Was(was, _incident(envelope, header.event_id, routing, routing_key))


def _incident(envelope: Envelope, name: str, routing: SectionSchema, routing_key: bytes) -> str | None:
    sections = (decode_section(each.body) for each in envelope.sections)
    found = next((each for each in sections if each.name == ROUTING), None)
    if found is None or found.schema_id != routing.schema_id:
        return None
    incident = decode_content(routing, open_routed(found, name, routing_key))["incident"]
    return incident if isinstance(incident, str) else None
