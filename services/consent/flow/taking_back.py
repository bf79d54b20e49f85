"""Take an event back from whoever was sent it, as a correction takes back a form (decision 0039).

Everybody who held it gets a recall that asks it back, opened or not. A school is told anew of its pupils by
the forms that are left, in the place of what it was told before; where they name none, it gets the recall.
"""

from collections.abc import Collection, Iterable, Iterator

from services.consent.flow.children import as_if_untold
from services.consent.flow.decision import Again, Answer
from services.consent.flow.matters import Matter
from services.consent.flow.release import About, Emitter, denied
from services.consent.flow.withholding import withholding
from services.consent.rules.differences import Occasion
from services.consent.rules.policy import EDUCATION
from services.consent.rules.route import TAKEN_BACK
from services.consent.rules.schools import schools_of
from services.consent.state.entities import EVERYONE, Form, Held, Incident
from services.consent.state.heard import Heard
from services.consent.state.retracted import is_gone, is_taken_back
from services.consent.state.world import World
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Outcome, Reason, ReleaseKind


def taken_back(
    world: World, heard: Heard, incident: Incident, emitter: Emitter, about: About, told: Iterable[Matter]
) -> Iterator[Again]:
    """Yield the answers about an event that is taken back, and about forms that tell of children instead.

    `told`: the matters of the forms that are left, in order. From whom it is taken back by name, it is taken
    back: no form that is left tells them instead.
    """
    of = heard.corrects or ""
    for recipient, held in world.recalled:
        emitter.recall(recipient, held, about, Reason.NOT_OWED, Occasion.CORRECTION)
    lost = [to for to in sorted(incident.told_in) if _is_told_by(incident, of, to)]
    gone = sorted({*incident.taken_back[of]} - {EVERYONE} | {to for to, _ in world.recalled} | {*lost})
    yield Again(event_id=of, answers=tuple(_denied(to) for to in gone))
    matters = tuple(told)
    untold = _untold_by(world.unsaid, matters)
    for recipient in lost:
        if recipient in heard.named:
            rows = incident.told_in[recipient]
            _ask_back(emitter, about, recipient, [row for row in rows if row.event_id == of])
    others = [to for to in lost if to not in heard.named]
    if lost or untold:
        yield from _told_anew(world, incident, emitter, about, others, untold, matters, heard.named)


def _is_told_by(incident: Incident, of: str, recipient: str) -> bool:
    """Say whether a school, or the officer, is told of children by what is taken back from it."""
    rows = incident.told_in[recipient]
    return is_taken_back(incident, of, recipient) and any(row.event_id == of for row in rows)


def _untold_by(unsaid: Form | None, told: Iterable[Matter]) -> tuple[str, ...]:
    """Return whom a correction that is taken back may have left untold: of the forms left, every school.

    A correction alone takes back what was told of children, and what it takes back nobody holds any more.
    """
    if unsaid is None or unsaid.type != EventType.VPA_CORRECTED:
        return ()
    return (*schools_of(child for matter in told for child in matter.form.children), EDUCATION)


def _denied(recipient: str) -> Answer:
    return denied(recipient, rule=TAKEN_BACK, reason=Reason.NOT_OWED)


def _told_anew(
    world: World,
    incident: Incident,
    emitter: Emitter,
    about: About,
    lost: list[str],
    untold: tuple[str, ...],
    told: tuple[Matter, ...],
    never: Collection[str],
) -> Iterator[Again]:
    """Tell of children by the forms that are left: who lost one, anew; the officer, of whom no school is.

    `never`: whom not.
    """
    for recipient in (to for to in dict.fromkeys((*lost, *untold, EDUCATION)) if to not in never):
        known = () if recipient in lost else incident.told.get(recipient, ())
        kind = ReleaseKind.CORRECTED if recipient in lost else ReleaseKind.NEW
        found = list(_told_of(world, emitter, told, recipient, set(known), kind))
        yield from found
        is_told = any(answer.outcome is Outcome.PERMIT for again in found for answer in again.answers)
        if recipient in lost and not is_told:
            _ask_back(emitter, about, recipient, incident.told_in[recipient])


def _ask_back(emitter: Emitter, about: About, recipient: str, rows: Iterable[Held]) -> None:
    """Ask somebody back what told them of children."""
    for row in rows:
        emitter.recall(recipient, row, about, Reason.NOT_OWED, Occasion.CORRECTION)


def _told_of(
    world: World,
    emitter: Emitter,
    told: tuple[Matter, ...],
    recipient: str,
    known: set[str],
    kind: ReleaseKind,
) -> Iterator[Again]:
    """Tell one recipient of each child once; only the first release takes the place of what it was told."""
    for matter in told:
        answer = _answer(matter, world, emitter, recipient, known, kind)
        if answer is None:
            continue
        kind = ReleaseKind.NEW if answer.leaves else kind
        known.update(child.person for child in matter.form.children if child.leaf in answer.leaves)
        yield Again(event_id=matter.form.event_id, answers=(answer,))


def _answer(
    matter: Matter, world: World, emitter: Emitter, recipient: str, known: set[str], kind: ReleaseKind
) -> Answer | None:
    return withholding(recipient, lambda to: as_if_untold(matter, world, emitter).also(to, known, kind))


def that_tell(forms: tuple[Form, ...], incident: Incident) -> tuple[Form, ...]:
    """Return the forms of an incident by which children are told of: a correction, and what came since."""
    since = max(
        (number for number, form in enumerate(forms) if form.type == EventType.VPA_CORRECTED), default=0
    )
    return tuple(form for form in forms[since:] if not is_gone(incident, form.event_id))


def together(answered: Iterable[Again]) -> tuple[Again, ...]:
    """Return one set of answers for each event, in the order in which it was first answered."""
    found: dict[str, tuple[Answer, ...]] = {}
    for again in answered:
        found[again.event_id] = (*found.get(again.event_id, ()), *again.answers)
    return tuple(Again(event_id=event_id, answers=answers) for event_id, answers in found.items())
