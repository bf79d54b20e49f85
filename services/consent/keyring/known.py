"""Which of an incident's events the gate keeps: its forms, and what came beside them."""

from services.consent.state.entities import Form, Incident


def forms_of(incident: Incident | None) -> tuple[Form, ...]:
    """Return the forms an incident stands on, the reviewed one first; none of an incident nobody knows."""
    if incident is None:
        return ()
    return tuple(form for form in (incident.form, incident.raised) if form is not None)


def events_of(incident: Incident | None) -> tuple[Form, ...]:
    """Return every event of an incident that the gate keeps, its forms first.

    Forms whose place another took are among them: what they said of where somebody lives still closes it.
    """
    if incident is None:
        return ()
    standing = forms_of(incident)
    stand = {form.event_id for form in standing}
    earlier = (form for form in incident.earlier if form.event_id not in stand)
    return (*standing, *earlier, *(each.form for each in incident.beside.values()))
