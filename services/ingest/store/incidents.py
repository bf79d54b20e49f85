"""Which incident a reference means: the publisher's own, or an alias from a release to it (design 4)."""

import hmac
from collections.abc import Iterable

from sqlalchemy import Connection, insert, select, tuple_, update

from services.eventlog.aliases import unalias
from services.ingest.state import Incident, Sender, Submission
from services.ingest.store.tables import INCIDENTS

NOTIFY = "notify"
"""The one publisher that speaks of an incident by another's alias: the school's it sends to."""


class Incidents:
    """Look incidents up for one batch, and remember the new ones until they are written.

    Only a keyed MAC of a reference is looked up or kept.
    """

    def __init__(self, conn: Connection, mac_key: bytes, alias_key: bytes) -> None:
        self._conn = conn
        self._mac_key = mac_key
        self._alias_key = alias_key
        self._by_reference: dict[tuple[str, str], Incident] = {}
        self._by_id: dict[str, Incident] = {}
        self._rows: list[dict[str, str | None]] = []
        self._victims: dict[str, str] = {}

    def load(self, arriving: Iterable[tuple[Sender, Submission]]) -> None:
        """Read every incident that these events may name, by reference and by alias."""
        named = [(sender, event, event.incident) for sender, event in arriving if event.incident is not None]
        references = {(sender.agency, self._mac(sender.agency, text)) for sender, _, text in named}
        aliased = {self._behind(sender, event) for sender, event, _ in named} - {None}
        columns = select(INCIDENTS)
        key = tuple_(INCIDENTS.c.publisher, INCIDENTS.c.reference)
        rows = [
            *(self._conn.execute(columns.where(key.in_(sorted(references)))) if references else ()),
            *(self._conn.execute(columns.where(INCIDENTS.c.incident.in_(sorted(filter(None, aliased)))))
              if aliased else ()),
        ]  # fmt: skip
        for row in rows:
            self._remember(Incident(id=row.incident, victim=row.victim), row.publisher, row.reference)

    def load_these(self, incidents: Iterable[str]) -> None:
        """Read incidents by their internal ids, which no publisher ever names."""
        wanted = sorted({*incidents} - {*self._by_id})
        if wanted:
            for row in self._conn.execute(select(INCIDENTS).where(INCIDENTS.c.incident.in_(wanted))):
                self._remember(Incident(id=row.incident, victim=row.victim), row.publisher, row.reference)

    def of(self, incident: str | None) -> Incident | None:
        """Return an incident by its internal id, as far as it was read."""
        return self._by_id.get(incident) if incident is not None else None

    def known(self, sender: Sender, event: Submission) -> Incident | None:
        """Return the incident an event names, or None where it names none that is known."""
        if event.incident is None:
            return None
        own = self._by_reference.get((sender.agency, self._mac(sender.agency, event.incident)))
        return own or self._by_id.get(self._behind(sender, event) or "")

    def begin(self, sender: Sender, event: Submission, incident: Incident) -> None:
        """Remember a new incident under its publisher's reference, if it gave one."""
        reference = self._mac(sender.agency, event.incident) if event.incident is not None else None
        self._remember(incident, sender.agency, reference)
        self._rows.append(
            {
                "incident": incident.id,
                "publisher": sender.agency,
                "reference": reference,
                "victim": incident.victim,
            }
        )

    def change_victim(self, incident: Incident) -> None:
        """Remember that an incident's adult victim is somebody else than was thought."""
        assert incident.victim is not None
        self._victims[incident.id] = incident.victim
        self._by_id[incident.id] = incident
        for key, found in self._by_reference.items():
            if found.id == incident.id:
                self._by_reference[key] = incident

    def victims(self) -> set[str]:
        """Return the persons that the incidents read here are about."""
        return {incident.victim for incident in self._by_id.values() if incident.victim is not None}

    def write(self) -> None:
        """Write what is new. Part of the caller's transaction."""
        if self._rows:
            self._conn.execute(insert(INCIDENTS), self._rows)
        for incident, victim in self._victims.items():
            self._conn.execute(
                update(INCIDENTS).where(INCIDENTS.c.incident == incident).values(victim=victim)
            )

    def _remember(self, incident: Incident, publisher: str, reference: str | None) -> None:
        self._by_id[incident.id] = incident
        if reference is not None:
            self._by_reference[publisher, reference] = incident

    def _behind(self, sender: Sender, event: Submission) -> str | None:
        recipient = event.recipient if sender.agency == NOTIFY else sender.agency
        if event.incident is None or recipient is None:
            return None
        return unalias(self._alias_key, event.incident, "incident", recipient)

    def _mac(self, agency: str, reference: str) -> str:
        text = f"incident\x1f{agency}\x1f{reference}"
        return hmac.digest(self._mac_key, text.encode("utf-8"), "sha256").hex()
