"""Which of an incident's events the gate keeps: its forms, and what came beside them."""

from services.consent.state.entities import Form, Incident


def forms_of(incident: Incident | None) -> tuple[Form, ...]:
    """Return the forms an incident stands on, the reviewed one first; none of an incident nobody knows."""
    if incident is None:
        return ()
    return tuple(form for form in (incident.form, incident.raised) if form is not None)


def events_of(incident: Incident | None) -> tuple[Form, ...]:
    """Return every event of an incident that the gate keeps, its forms first."""
    beside = incident.beside.values() if incident is not None else ()
    return (*forms_of(incident), *(each.form for each in beside))
