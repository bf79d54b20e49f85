"""Say who is known to harm whom, what the Hub said of it, and who is a child: both sides, remembered.

What waits for the Hub is asked anew of all it said (decision 0021).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from services.consent.state.heard import Grades, Heard
from services.vocabulary.events import NAMES_BOTH_SIDES, VPA_FAMILY, EventType
from services.vocabulary.risk import ChildrenLevel, Risk
from services.vocabulary.sides import Roles, VictimAge

HUB = "police"
FORMS_OF_THE_HUB = frozenset({EventType.VPA_REVIEWED, EventType.VPA_CORRECTED})
SAYS_AN_AGE = VPA_FAMILY | {EventType.REFERRAL_RECEIVED, EventType.MARAC_REFERRED}


class Direction(NamedTuple):
    """Who harms, and whom."""

    by: str
    of: str

    @property
    def turned(self) -> Direction:
        """Return the same two, the other way round."""
        return Direction(self.of, self.by)


class Sides:
    """Hold every report of who harms whom and every word of the Hub, and answer what stands."""

    def __init__(self) -> None:
        self._harms: dict[Direction, set[str]] = defaultdict(set)
        """Who harms whom, by the events that say so: none, and it is known no longer."""
        self._forms: dict[str, Heard] = {}
        self._reports: dict[str, Heard] = {}
        self._counter: dict[str, Heard] = {}
        self._words: dict[str, list[Heard]] = defaultdict(list)
        self._wrong_by: dict[str, set[str]] = {}
        """What each word of the Hub found to have the roles wrong: reports; forms, where there were none."""
        self._ages: list[Heard] = []

    def take(self, event: Heard) -> None:
        """Keep what an event says of the two sides, and then what the Hub says of what was there."""
        if event.incident is None:
            return
        names = direction_of(event)
        if names is not None and event.type in VPA_FAMILY:
            self._mend(event, names)
        if names is not None and self._harms[names.turned] and not self._harms[names]:
            self._counter[event.event_id] = event
        elif names is not None:
            self._harms[names].add(event.event_id)
        if names is not None and event.type in NAMES_BOTH_SIDES:
            self._reports[event.event_id] = event
        if event.type in FORMS_OF_THE_HUB or event.type == EventType.ROLES_REVIEWED:
            self._words[event.incident].append(event)
            self._hear(event)
        if event.type in SAYS_AN_AGE and event.victim_age is not None:
            self._ages.append(event)

    def _mend(self, form: Heard, names: Direction) -> None:
        """Let a form of the Hub speak for its incident: no form before it says anything else of the two."""
        if form.type in FORMS_OF_THE_HUB:
            for key, earlier in self._forms.items():
                said = direction_of(earlier)
                if earlier.incident == form.incident and said is not None and said != names:
                    self._harms[said].discard(key)
        self._forms[form.event_id] = form

    def _hear(self, word: Heard) -> None:
        """Know what the Hub lets stand; of what it finds wrong, the first report too, know the opposite."""
        of_it = {key: event for key, event in self._reports.items() if event.incident == word.incident}
        if word.roles is Roles.REVERSED and not self._counter.keys() & of_it.keys():
            self._counter |= of_it
        meant = [event for event in self._counter.values() if event.incident == word.incident]
        if word.roles is Roles.REVERSED:
            meant = [event for event in meant if event.event_id in of_it] or meant
            self._wrong_by[word.event_id] = {event.event_id for event in meant}
        if word.roles is None:
            meant = [event for event in meant if event.victim == word.victim]
        said = [(names, event) for event in meant if (names := direction_of(event)) is not None]
        if word.roles is Roles.REVERSED:
            for names, _ in said:
                self._harms[names].clear()
        for names, event in said:
            if word.roles is Roles.REVERSED:
                self._harms[names.turned].add(word.event_id)
            else:
                self._harms[names].add(event.event_id)

    def take_back(self, of: str, incident: str) -> None:
        """Know nothing by an event any more, and let what is left say who harms whom, first come first.

        What the Hub found wrong says nothing.
        """
        pairs: set[Direction | None] = {names for names, known in self._harms.items() if of in known}
        was_form = of in self._forms
        for reported in (self._forms, self._reports, self._counter):
            event = reported.pop(of, None)
            pairs |= {direction_of(event)} if event is not None else set()
        forms = self._unmended()
        if was_form:
            pairs |= {direction_of(form) for form in forms.values() if form.incident == incident}
        pairs |= self._wait_again(of)
        for known in self._harms.values():
            known.discard(of)
        left = {**self._counter, **self._reports, **forms}
        right = [event for event in left.values() if not self._is_wrong(event)]
        for event in sorted(right, key=lambda event: event.offset):
            names = direction_of(event)
            if names is not None and {names, names.turned} & pairs and not self._harms[names.turned]:
                self._counter.pop(event.event_id, None)
                if event.type not in VPA_FAMILY or event.event_id in forms:
                    self._harms[names].add(event.event_id)

    def _unmended(self) -> dict[str, Heard]:
        """Return the forms that no form of the Hub after them, of the same incident, says otherwise of."""
        known = dict[str, Heard]()
        for form in self._forms.values():
            if form.type in FORMS_OF_THE_HUB:
                said, where = direction_of(form), form.incident
                others = [each for each in known.values() if direction_of(each) != said]
                mended = {each.event_id for each in others if each.incident == where}
                known = {key: each for key, each in known.items() if key not in mended}
            known[form.event_id] = form
        return known

    def _is_wrong(self, event: Heard) -> bool:
        return event.event_id in self._counter and self.is_found_wrong(event)

    def _wait_again(self, of: str) -> set[Direction | None]:
        """Let what one word of the Hub alone let go wait again. Return what it says."""
        freed = [event for event in self._counter.values() if self._is_freed(event)]
        for words in self._words.values():
            words[:] = [word for word in words if word.event_id != of]
        waiting = [event for event in freed if not self._is_freed(event)]
        for event in waiting:
            said = direction_of(event)
            if said is not None:
                self._harms[said].discard(event.event_id)
        return {direction_of(event) for event in waiting}

    def is_counter(self, event: Heard) -> bool:
        """Say whether an event turns round what was known of the two, or the Hub found it wrong."""
        return event.event_id in self._counter

    def held_by(self, event: Heard) -> list[Heard]:
        """Return the counter-allegations that keep an event from all but the Hub: itself, or those before."""
        if event.publisher == HUB or event.type in VPA_FAMILY:
            return []
        partners = [each for each in self._counter.values() if each.publisher != HUB]
        waiting = [each for each in partners if each.type in NAMES_BOTH_SIDES and not self._is_freed(each)]
        before = [
            each
            for each in waiting
            if (each.incident, each.victim) == (event.incident, event.victim) and each.offset < event.offset
        ]
        return [event] if event in waiting else before

    def is_found_wrong(self, event: Heard) -> bool:
        """Say whether the Hub's last word on a report is that it has the roles wrong."""
        last = max(self._words_on(event), key=lambda word: word.offset, default=None)
        return last is not None and last.roles is Roles.REVERSED

    def is_a_child(self, event: Heard, victim: str | None) -> bool:
        """Say whether the last that said how old an event's adult victim was said under sixteen.

        Of a form police have the say, where they said anything.
        """
        said = [each for each in self._ages if (each.incident, each.victim) == (event.incident, victim)]
        if event.type in VPA_FAMILY:
            said = [each for each in said if each.publisher == HUB] or said
        return bool(said) and said[-1].victim_age is VictimAge.UNDER_16

    def of(self, incident: str) -> object:
        """Return what decides about an incident here: as long as it is the same, so are the answers."""
        counters = [key for key, event in self._counter.items() if event.incident == incident]
        ages = [event.event_id for event in self._ages if event.incident == incident]
        return len(self._words[incident]), counters, ages

    def _is_freed(self, event: Heard) -> bool:
        """Say whether the Hub's last word on a counter-allegation lets it go."""
        return _lets_go(self._words_on(event))

    def _words_on(self, event: Heard) -> list[Heard]:
        """Return what the Hub said of a report since it came: a form speaks of its own adult victim alone."""
        said = self._words[event.incident or ""]
        since = [word for word in said if word.offset >= event.offset]
        meant = [
            word for word in since if event.event_id in self._wrong_by.get(word.event_id, (event.event_id,))
        ]
        return [word for word in meant if word.roles is not None or word.victim == event.victim]


def _lets_go(words: Sequence[Heard]) -> bool:
    last = max(words, key=lambda word: word.offset, default=None)
    return last is not None and last.roles is not Roles.REVERSED


def direction_of(event: Heard) -> Direction | None:
    """Return who harms whom by an event, where it names two."""
    if event.victim is None or event.causing_harm in (None, event.victim):
        return None
    assert event.causing_harm is not None
    return Direction(event.causing_harm, event.victim)


def as_a_child(grades: Grades | None) -> Grades:
    """Return what is left of grades where the adult victim is a child: at no adult risk, in safeguarding."""
    adults = grades.vulnerable_adults if grades is not None else frozenset()
    concern = grades is not None and grades.adult_safeguarding_concern
    return Grades(
        risk=Risk.NOT_COMPLETED,
        children=ChildrenLevel.SAFEGUARDING,
        vulnerable_adults=adults,
        adult_safeguarding_concern=concern,
    )
