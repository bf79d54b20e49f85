"""Which incident is this event about? (design 4: a publisher's own reference, or its own alias)"""

from services.ingest.rules import retracting
from services.ingest.rules.urgency import is_urgent
from services.ingest.state import Accepted, Incident, Known, Reason, Refused, Scope, Submission
from services.vocabulary.events import MAY_NAME_NO_INCIDENT, NAME_NO_INCIDENT, VPA_FAMILY, EventType


def resolve(submission: Submission, known: Known) -> Accepted | Refused:
    """Return the incident, or the refusal of an event that is about none we know and names nobody.

    An unknown reference begins a new incident where there is a victim, or where the event is a VPA. A
    withdrawal that names no incident we know covers every incident of its victim. A consultation may be
    about none. What is taken back says itself which incident that is about.
    """
    if submission.type is EventType.EVENT_RETRACTED:
        return retracting.resolve(known)
    if submission.type in NAME_NO_INCIDENT:
        return _accepted(Scope.NONE)
    if submission.type in MAY_NAME_NO_INCIDENT and submission.incident is None:
        return _accepted(Scope.NONE)
    if known.incident is not None:
        return _accepted(Scope.KNOWN, known.incident)
    if submission.type in VPA_FAMILY:
        return _accepted(Scope.NEW)
    if "victim" not in submission.sections:
        return Refused(reasons=(_unknown(submission),))
    if submission.type is EventType.CONSENT_WITHDRAWN:
        return _accepted(Scope.ALL_OF_PERSON, None, *_read_as_all(submission))
    return _accepted(Scope.NEW)


def uncorrected(submission: Submission, known: Known) -> tuple[Reason, ...]:
    """Return a reason where a correction names no event we have from its publisher."""
    if submission.type is not EventType.VPA_CORRECTED or known.corrects is not None:
        return ()
    assert is_urgent(submission)  # a VPA is mended, never bounced
    what = "names an event we do not have" if submission.corrects else "names no event"
    return (
        Reason(
            pointer="/corrects",
            rule="unknown-original",
            detail=f"the correction {what}: it is taken as the incident's newest form",
            fix="send a correction whose corrects is the id you gave the original",
        ),
    )


def _accepted(scope: Scope, incident: Incident | None = None, *defects: Reason) -> Accepted:
    return Accepted(scope=scope, incident=incident, defects=defects)


def _unknown(submission: Submission) -> Reason:
    what = "names an incident we do not know" if submission.incident else "names no incident"
    return Reason(
        pointer="/incident",
        rule="unknown-incident",
        detail=f"`{submission.type}` {what}, and has no victim section",
        fix="use your own reference, or the incident of a release to you, or add the victim",
    )


def _read_as_all(submission: Submission) -> tuple[Reason, ...]:
    if submission.incident is None:
        return ()
    return (
        Reason(
            pointer="/incident",
            rule="unknown-incident",
            detail="the incident is not one we know: the withdrawal is taken for all of this person's",
            fix="use your own reference, or the incident of a release to you",
        ),
    )
