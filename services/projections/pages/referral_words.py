"""What the door says of a referral, in the form's words, and what the page says once it is taken. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from services.projections.pages import referral_questions as asked
from services.projections.pages.door_words import at
from services.projections.pages.questions import Answers, Problem, Question, about
from services.projections.pages.referral_events import answered, children_of, handed_on, never_waits
from services.projections.pages.sayings import CHILDREN, RISKS
from services.vocabulary.consent import ConsentAnswer, SafeToUse

Row = Mapping[str, object]
Title = Callable[[str], str]

UNREADABLE: Final = frozenset({"format", "length"})
"""Rules of the door for what cannot be read: an answer that breaks one is as good as none."""

RULES: Final[Mapping[str, str]] = {
    "unknown-incident": "Enter what is known of the adult victim: a first name is enough",
    "named-organisation": "Name the organisation: the hospital, practice or service, never just health",
    "unknown-school": "No school has this number: choose the school, or another",
}
"""What of the door's rules is said otherwise of somebody new, whom no incident names yet."""

ANSWERED: Final = {
    ConsentAnswer.GIVEN: "they consent",
    ConsentAnswer.REFUSED: "they refuse",
    ConsentAnswer.COULD_NOT_ASK: "they could not be asked",
}


def said_of(rows: Iterable[Row], places: Mapping[str, str], questions: Sequence[Question]) -> list[Problem]:
    """Return what the door said, each at its question; of the whole form at the first of them."""
    by_name = {question.name: question for question in questions}
    found = []
    for row in rows:
        name = about(places, str(row.get("pointer", ""))) or questions[0].name
        found.append(Problem(name=name, text=_text(row, by_name[name])))
    return found


def in_order(
    door: Iterable[Problem], own: Iterable[Problem], questions: Sequence[Question]
) -> tuple[Problem, ...]:
    """Return everything at once, in the order of the questions.

    What the form misses of itself is said where the door says nothing of that question.
    """
    found = tuple(dict.fromkeys(door))
    named = {one.name for one in found}
    place = {question.name: number for number, question in enumerate(questions)}
    return tuple(
        sorted((*found, *(one for one in own if one.name not in named)), key=lambda one: place[one.name])
    )


def unsafe(said: Answers) -> tuple[str, ...]:
    """Return the ways of reaching the adult victim that nobody called safe."""
    return tuple(channel for channel in asked.CHANNELS if said[f"safe_{channel}"] != SafeToUse.YES)


def kept(said: Answers, children: int, title_of: Title) -> Iterator[str]:
    """Yield what was kept of a referral, part by part. It names nobody."""
    who = {
        asked.THEMSELVES: "the adult victim themselves",
        asked.ORGANISATION: "an organisation, by its name",
    }
    if said["came"] in who:
        yield f"Who asks: {who[said['came']]}"
    if any(said[name] for name in ("given_name", "family_name", "born", "nhs")):
        yield "What is known of the adult victim"
    yield _reach(said)
    if any(said[f"harm_{name}"] for name in ("given_name", "family_name", "born")):
        yield "What is known of the person causing harm"
    if said["risk"]:
        yield f"Risk: {RISKS[said['risk']]}"
    if said["text"]:
        yield "What is asked for"
    yield _known_children(said, children)
    for name, answer in answered(said).items():
        yield f"Consent for {title_of(name)}: {ANSWERED[ConsentAnswer(answer)]}"


def follows(said: Answers, children: int, today: date, title_of: Title) -> Iterator[str]:
    """Yield what happens next, and what must not."""
    yield "It comes to your agency's inbox in a few seconds"
    urgent, on = never_waits(said, children, today), handed_on(said)
    if urgent:
        yield "It waits for nothing: whom the policy in force names for such danger is told at once"
    if on:
        yield f"Handed on to {_and([title_of(name) for name in on])}: told where there is a lawful ground"
    elif not urgent:
        yield "No other agency is asked to act on it yet"
    if unsafe(said):
        yield f"Do not contact the adult victim by {_and(unsafe(said))}: nobody called it safe"


def _reach(said: Answers) -> str:
    apart = unsafe(said)
    safe = [channel for channel in asked.CHANNELS if channel not in apart]
    return f"What is safe: {_and(safe)}" if safe else "What is safe: nobody called any way safe"


def _known_children(said: Answers, children: int) -> str:
    named = len(children_of(said, children))
    grade = f", {CHILDREN[said['level']].lower()}" if said["level"] else ""
    if named:
        return f"Children: {named} named, each for themselves{grade}"
    known = {asked.YES: "yes", asked.NO: "no", asked.NOT_ESTABLISHED: "not established"}
    return f"Children: {known.get(said['children_known'], 'not said')}{grade}"


def _text(row: Row, question: Question) -> str:
    return RULES.get(str(row.get("rule", "")), "") or at(row, question)


def _and(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + (" and " if len(words) > 1 else "") + words[-1]
