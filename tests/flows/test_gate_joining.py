"""Joining: whoever joins gets what comes, and of what was before only what a backfill brings (design 5)."""

from datetime import timedelta

import pytest

from services.consent.flow.decision import Decision
from services.consent.flow.explain import Case, Known, explain
from services.consent.rules.reading import parse
from services.consent.state.entities import Joined, Person, Standing
from services.consent.state.heard import Heard
from services.consent.state.world import MOST_AT_ONCE
from services.vocabulary.agencies import RECIPIENTS
from services.vocabulary.events import EventType
from services.vocabulary.grounds import ReleaseKind
from services.vocabulary.risk import ChildrenLevel, Risk
from tests.gate_builders import (
    START,
    STRICT,
    Story,
    a_form,
    an_event,
    answer,
    child_status,
    consent,
    desk,
    grades,
    internal,
    override,
    policy_adopted,
    sent,
    sent_of,
)
from tests.gate_history import HOSPITAL, text_without
from tests.joining_builders import backfill, joined

NEW, CHANGED, RECALLED = ReleaseKind.NEW, ReleaseKind.CHANGED, ReleaseKind.RECALLED
OWED = grades(Risk.MEDIUM, ChildrenLevel.SAFEGUARDING)
"""Owed to CEDAH, which joins by an event here, on a ground that names nobody."""

DAY = timedelta(days=1)
EVER = (START - 365 * DAY, START + 365 * DAY)


def a_story() -> Story:
    return Story(by_event=("cedah", "family-help", HOSPITAL))


def stops(event_type: EventType, recipient: str = "cedah") -> Heard:
    return an_event(event_type, publisher="partnership", named=(recipient,))


def time_passes(story: Story) -> Decision:
    return story.tell(an_event(EventType.TIME_PASSED, publisher="ingest"))


def named(decision: Decision) -> set[str]:
    """Return everybody whom a decision names."""
    said = [*decision.answers, *(each for again in decision.again for each in again.answers)]
    return {each.recipient for each in said} | {emit.recipient for emit in decision.emits}


def again_about(decision: Decision, event: Heard) -> tuple[str, str | None, bool]:
    """Return by which rule, why and whether owed CEDAH is answered again about an event."""
    (found,) = [
        each
        for again in decision.again
        if again.event_id == event.event_id
        for each in again.answers
        if each.recipient == "cedah"
    ]
    return found.rule, found.reason, found.owed


def test_who_has_not_joined_is_no_recipient_at_all() -> None:
    story, form = a_story(), a_form(of=OWED, consent={"cedah": "given"})

    decided = [
        story.tell(form),
        story.tell(override("cedah")),
        story.tell(an_event(EventType.REFERRED_ON, incident=internal("incident"), named=("cedah", HOSPITAL))),
    ]

    assert all(named(each).isdisjoint({"cedah", HOSPITAL}) for each in decided)


def test_nothing_else_is_decided_otherwise_because_somebody_may_join() -> None:
    story, without = a_story(), Story()
    forms = [a_form(of=OWED), a_form(of=grades(Risk.HIGH), incident="two", victim="two")]

    for form in forms:
        said, other = story.tell(form), without.tell(form)
        assert said.answers == tuple(
            each for each in other.answers if each.recipient not in ("cedah", "family-help")
        )


def test_who_joins_is_told_so_and_gets_what_comes_after() -> None:
    story, form = a_story(), a_form(of=OWED)

    joining, after = story.tell(joined("cedah")), story.tell(form)

    assert (answer(joining, "cedah").rule, answer(joining, "cedah").ground) == ("platform", "partnership")
    assert sent_of(after, form.event_id)["cedah"] is NEW


def test_those_who_joined_come_after_the_founding_in_the_order_they_joined() -> None:
    story = a_story()
    story.tell(joined("family-help"), joined("cedah"))

    said = [each.recipient for each in story.tell(a_form(of=OWED)).answers]

    founding = [name for name in RECIPIENTS if name not in ("cedah", "family-help")]
    assert said == [*founding, "family-help", "cedah", "school:*"]


def test_what_was_recorded_before_is_not_owed_whatever_news_comes() -> None:
    story, form = a_story(), a_form(of=OWED)
    story.tell(form, joined("cedah"))

    decision = story.tell(child_status("checs"))

    assert again_about(decision, form) == ("before-it-joined", "not-owed", False)
    assert "cedah" not in sent(decision)


def test_what_no_rule_owes_is_denied_by_no_rule_however_early_it_was() -> None:
    story, form = a_story(), a_form(of=grades(Risk.HIGH))
    story.tell(form, joined("cedah"))

    assert again_about(story.tell(child_status("checs")), form) == ("not-owed", "not-owed", False)


def test_a_review_after_it_joined_reaches_it() -> None:
    story, review = a_story(), a_form(of=OWED)
    story.tell(a_form(EventType.VPA_RAISED, OWED), joined("cedah"))

    assert sent_of(story.tell(review), review.event_id)["cedah"] is NEW


def test_consent_that_names_it_reaches_back_and_ends_when_it_is_withdrawn() -> None:
    story, form = a_story(), a_form(of=OWED)
    story.tell(form, joined("cedah"))

    given = story.tell(consent({"cedah": "given"}))
    withdrawn = story.tell(consent({"cedah": "withdrawn"}, withdraws=True))

    (release,) = [emit for emit in given.emits if emit.recipient == "cedah"]
    (recall,) = [emit for emit in withdrawn.emits if emit.recipient == "cedah"]
    assert (release.event_id, release.kind, release.ground) == (form.event_id, NEW, "consent")
    assert release.can_end
    assert release.not_after is not None
    assert (recall.kind, recall.reason) == (RECALLED, "withdrawn")


def test_an_override_reaches_it_without_a_backfill() -> None:
    story, form = a_story(), a_form(of=grades(Risk.MEDIUM))
    story.tell(form, joined("cedah"))

    decision = story.tell(override("cedah"))

    assert sent_of(decision, form.event_id) == {"cedah": NEW}


def test_a_backfill_brings_what_happened_in_its_scope_both_ends_included_and_nothing_else() -> None:
    story = a_story()
    forms = [
        a_form(of=OWED, incident=f"{ago}", victim=f"{ago}", occurred_at=START - ago * DAY)
        for ago in (4, 3, 2, 1)
    ]
    order = backfill("cedah", START - 3 * DAY, START - 2 * DAY)
    story.tell(*forms, joined("cedah"))

    decision = story.tell(order)

    told = [emit for emit in decision.emits if emit.ground == "child-safeguarding"]
    assert [(emit.event_id, emit.recipient, emit.kind) for emit in told] == [
        (form.event_id, "cedah", NEW) for form in forms[1:3]
    ]
    assert {emit.cause for emit in told} == {order.event_id}


def test_what_a_backfill_brought_is_decided_like_any_other_from_then_on() -> None:
    story, form = a_story(), a_form(of=OWED)
    story.tell(form, joined("cedah"), backfill("cedah", *EVER))

    decision = story.tell(a_form(EventType.VPA_CORRECTED, grades(Risk.HIGH)))

    (recall,) = [emit for emit in decision.emits if emit.recipient == "cedah"]
    assert (recall.event_id, recall.kind) == (form.event_id, RECALLED)


def test_consent_recorded_after_a_backfill_makes_owed_history_follow() -> None:
    story, form = a_story(), a_form(of=grades(Risk.MEDIUM))
    story.tell(form, joined("cedah"))

    brought = story.tell(backfill("cedah", *EVER))
    given = story.tell(consent({"cedah": "given"}))

    assert again_about(brought, form) == ("cedah-medium-risk", "no-ground", True)
    assert sent_of(given, form.event_id) == {"cedah": NEW}


def test_an_event_beside_the_form_comes_by_its_own_time() -> None:
    story, form = a_story(), a_form(of=OWED, occurred_at=START - 9 * DAY)
    dash = an_event(
        EventType.DASH_REDONE,
        publisher="cheshire-cares",
        incident=internal("incident"),
        grades=grades(Risk.MEDIUM, ChildrenLevel.SAFEGUARDING),
        occurred_at=START - 2 * DAY,
    )
    story.tell(form, dash, joined("cedah"))

    decision = story.tell(backfill("cedah", START - 3 * DAY, START - DAY))

    assert sent_of(decision, dash.event_id) == {"cedah": NEW}
    assert sent_of(decision, form.event_id) == {}
    assert again_about(decision, form)[0] == "before-it-joined"


def test_a_backfill_answers_its_recipient_alone_although_another_policy_is_in_force_by_now() -> None:
    story, form = a_story(), a_form(of=grades(Risk.MEDIUM, ChildrenLevel.SAFEGUARDING))
    held = story.tell(form)
    story.tell(policy_adopted(text_without("checs-safeguarding")), joined("cedah"))

    decision = story.tell(backfill("cedah", *EVER))

    assert "checs" in sent(held)
    assert sent_of(decision, form.event_id) == {"cedah": NEW}
    assert {each.recipient for again in decision.again for each in again.answers} == {"cedah"}


def test_a_long_history_comes_in_parts_each_with_the_event_that_brings_it() -> None:
    story, many = a_story(), MOST_AT_ONCE + 20
    story.tell(*(a_form(of=OWED, incident=f"{n}", victim=f"{n}") for n in range(many)), joined("cedah"))

    parts = [story.tell(backfill("cedah", *EVER)), time_passes(story), time_passes(story)]

    brought = [[emit.event_id for emit in each.emits if emit.ground != "partnership"] for each in parts]
    assert [len(each) for each in brought] == [MOST_AT_ONCE, 20, 0]
    assert len({event_id for each in brought for event_id in each}) == many


def test_history_that_is_brought_while_it_is_suspended_waits_and_follows() -> None:
    story, form = a_story(), a_form(of=OWED)
    story.tell(form, joined("cedah"), stops(EventType.RECIPIENT_SUSPENDED))

    brought = story.tell(backfill("cedah", *EVER))
    story.tell(stops(EventType.RECIPIENT_RESUMED))

    assert again_about(brought, form) == ("suspended", "restricted", True)
    assert sent_of(brought, form.event_id) == {}
    assert sent_of(time_passes(story), form.event_id) == {"cedah": NEW}


@pytest.mark.parametrize("second", [None, "p-sender-1"])
def test_one_persons_word_lets_nobody_join_and_brings_no_history(second: str | None) -> None:
    story, form = a_story(), a_form(of=OWED)
    story.tell(form)

    alone = story.tell(joined("cedah", confirmed_by=second))
    story.tell(joined("cedah"))
    order = story.tell(backfill("cedah", *EVER, confirmed_by=second))

    assert "cedah" not in named(alone)
    assert sent_of(order, form.event_id) == {}
    assert order.again == ()


def test_joining_twice_changes_nothing() -> None:
    story, form = a_story(), a_form(of=grades(Risk.MEDIUM))
    story.tell(joined("cedah"), form, joined("cedah"))

    assert again_about(story.tell(child_status("checs")), form) == ("cedah-medium-risk", "no-ground", True)


def test_a_founding_recipient_joins_by_no_event_and_a_backfill_brings_it_nothing() -> None:
    story, form = a_story(), a_form(of=grades(Risk.HIGH))
    story.tell(form, joined("dafsu"))

    order = story.tell(backfill("dafsu", *EVER))
    after = story.tell(child_status("checs"))

    assert order.again == ()
    assert "dafsu" not in sent_of(after, form.event_id)


def test_history_ordered_for_somebody_who_has_not_joined_is_ordered_for_nobody() -> None:
    story, form = a_story(), a_form(of=OWED)
    story.tell(form, backfill("cedah", *EVER), joined("cedah"))

    assert again_about(story.tell(child_status("checs")), form)[0] == "before-it-joined"


def test_why_history_is_withheld_is_explained_with_what_would_change_it() -> None:
    story, policy = a_story(), parse(STRICT.read_text())
    story.tell(a_form(of=OWED), joined("cedah"))
    decision = story.tell(child_status("checs"))
    (said,) = [each for each in decision.again[0].answers if each.recipient == "cedah"]

    known = Known(event_type="VpaReviewed", incident=None, person_of=lambda _: Person())
    text = explain(said, "CEDAH", Case(known=known, decided_at=START, policy=policy))

    assert "it was recorded before this recipient joined" in text
    assert "A backfill ordered for this recipient whose scope covers it would change the answer" in text


def test_who_joined_before_they_were_founding_is_one_recipient() -> None:
    at = desk()
    known = Standing(joined={"cedah": Joined(START, 1)})

    assert at.taking_part(known) == at.recipients
