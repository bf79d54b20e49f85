"""The pages of the ledger and of one event's answers, before a keyring that answers for real."""

import re
from pathlib import Path

import pytest

from services.consent.keyring.asking import DRAWN, List
from services.consent.pages.lists import KINDS
from services.consent.state.heard import Heard
from services.console.pages.navigation import ways
from services.console.pages.sessions import Visitor
from services.eventlog.aliases import alias
from services.vocabulary.risk import ChildrenLevel, Risk
from tests.gate_builders import (
    ALIAS_KEY,
    a_child,
    consent,
    grades,
    internal,
    override,
    own_override,
    retraction,
)
from tests.office_builders import (
    AUDITOR,
    HUB,
    LEAD,
    OFFICE,
    PARTNERSHIP,
    PRACTITIONER,
    RESPONDER,
    Office,
    hear_openings,
    opened,
)
from tests.page_builders import an_opening, events_of, form, look, new_office, seed_of

BELOW = grades(Risk.STANDARD, ChildrenLevel.BELOW_THRESHOLD)
ABSENT = "There is nothing here"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return new_office(tmp_path)


def settled(office: Office, *events: Heard) -> Office:
    office.bench.publish(*events)
    office.bench.settle()
    return office


def test_the_lists_there_are_depend_on_who_asks(office: Office) -> None:
    every = [
        "/ledger/waiting",
        "/ledger/not-shared",
        "/ledger/withheld",
        "/ledger/overridden",
        "/ledger/own-word",
        "/ledger/openings",
    ]
    every += [
        f"/ledger/{name}"
        for name in ("parties", "roles", "unanswered", "held-back", "put-right", "undecided", "told")
    ]

    assert [each for each in look(office, HUB, "/ledger").links if "/ledger/" in each] == every
    assert [each for each in look(office, AUDITOR, "/ledger").links if "/ledger/" in each] == [
        *every[:-1],
        "/ledger/erasures",
        every[-1],
    ]
    assert [each for each in look(office, OFFICE, "/ledger").links if "/ledger/" in each] == [
        "/ledger/own-word",
        "/ledger/openings",
        "/ledger/parties",
        "/ledger/erasures",
    ]
    assert [each for each in look(office, LEAD, "/ledger").links if "/ledger/" in each] == [
        "/ledger/own-word",
        "/ledger/openings",
    ]


@pytest.mark.parametrize("who", [PRACTITIONER, RESPONDER])
def test_the_ledger_is_absent_for_everybody_else_like_a_list_there_is_not(
    office: Office, who: tuple[str, str]
) -> None:
    paths = ["/ledger", *(f"/ledger/{name}" for name in (*List, "nothing-like-it"))]
    pages = [look(office, who, path) for path in paths] + [look(office, who, "/ledger/told", person="x")]

    assert {page.status for page in pages} == {404}
    assert len({page.text for page in pages}) == 1


def test_the_way_to_the_ledger_stands_where_the_keyring_has_a_list_and_nowhere_else(office: Office) -> None:
    for agency in PARTNERSHIP.publishers():
        for person in PARTNERSHIP.people_of(agency):
            visitor = Visitor(
                person=person.id, name=person.name, agency=agency, title=agency, role=person.role
            )
            shown = "/ledger" in {way["href"] for way in ways(visitor, "/")}

            assert shown == (office.ask((agency, person.id), "/v1/ledger").status_code == 200)


def test_those_with_children_below_the_threshold_that_went_nowhere_are_listed_apart(office: Office) -> None:
    settled(office, form(1, of=grades(Risk.STANDARD)), form(2, of=BELOW), form(3, of=grades(Risk.HIGH)))

    others = look(office, HUB, "/ledger/not-shared")
    apart = look(office, HUB, "/ledger/not-shared?only=below-threshold")

    assert [each for each in others.links if "explanation" in each] == [
        "/events/00000000-0000-4000-8000-000000000001/explanation"
    ]
    assert [each for each in apart.links if "explanation" in each] == [
        "/events/00000000-0000-4000-8000-000000000002/explanation"
    ]
    assert "2 September 2024 at 11:01pm Standard None No" in others.text


def test_a_list_stands_the_other_way_round_on_request_and_stays_so_page_by_page(office: Office) -> None:
    settled(office, *(form(number, of=grades(Risk.STANDARD)) for number in range(1, 23)))
    (turn,) = [each for each in look(office, HUB, "/ledger/not-shared").links if "order=newest" in each]

    first = look(office, HUB, turn)
    (more,) = [each for each in first.links if "after=" in each]

    assert [*events_of(first), *events_of(look(office, HUB, more))] == [*range(22, 0, -1)]
    assert "The newest stand first." in first.text


def test_days_choose_the_rows_and_stay_chosen(office: Office) -> None:
    settled(office, form(1, of=grades(Risk.MEDIUM)))

    then = look(office, HUB, "/ledger/withheld?from=2024-09-02&to=2024-09-02")
    later = look(office, HUB, "/ledger/withheld?from=2024-09-03")

    assert "It is owed the form, but nothing gives a lawful ground to share it" in then.text
    assert 'value="2024-09-02"' in then.html
    assert "There is nothing here for these days." in later.text


@pytest.mark.parametrize("days", ["from=yesterday", "from=2024-02-30", "from=2024-09-03&to=2024-09-02"])
def test_days_that_are_none_are_said_to_be_wrong(office: Office, days: str) -> None:
    page = look(office, HUB, f"/ledger/withheld?{days}")

    assert (page.status, page.title) == (422, "Error: Owed but withheld – Sightline")
    assert "There is a problem" in page.text


def test_a_long_list_goes_on_where_the_page_before_ended_and_says_no_total(office: Office) -> None:
    settled(office, *(form(number, of=grades(Risk.STANDARD)) for number in range(1, 24)))

    first = look(office, HUB, "/ledger/not-shared?to=2024-09-30")
    (more,) = [each for each in first.links if "after=" in each]
    second = look(office, HUB, more)

    events = [each for page in (first, second) for each in page.links if "explanation" in each]
    assert len(events) == len(set(events)) == 23
    assert "to=2024-09-30" in more
    assert "23" not in re.sub(r"2[0-9]:|11:\d\dpm", "", first.text)
    assert not [each for each in second.links if "after=" in each]


def test_overrides_name_who_decided_and_for_whom(office: Office) -> None:
    settled(office, form(1, of=grades(Risk.MEDIUM)), override("cedah"))

    text = look(office, HUB, "/ledger/overridden").text

    assert "Override recorded Cheshire Constabulary" in text
    assert "Cheshire East Domestic Abuse Hub" in text


def test_who_confirmed_an_override_is_said_and_that_one_nobody_confirmed_counts_for_nothing(
    office: Office,
) -> None:
    family_help = form(1, of=grades(Risk.MEDIUM, ChildrenLevel.EARLY_HELP))
    own = own_override("family-help", confirmed_by="p-family-help-2")
    settled(office, family_help, override("family-help"), own, own_override("checs", confirmed_by=None))

    second = PARTNERSHIP.person("p-family-help-2")
    assert second is not None

    text = look(office, HUB, "/ledger/overridden").text

    assert "Family Help front door Not needed" in text
    assert f"Family Help front door {second.name}" in text
    assert "Nobody: it counts for nothing" in text


def test_an_override_that_could_give_its_recipient_nothing_is_said_to_count_for_nothing_and_why(
    office: Office,
) -> None:
    settled(office, form(1, of=grades(Risk.STANDARD)), override("cheshire-cares"), override("cedah"))

    text = look(office, HUB, "/ledger/overridden").text

    assert "Nobody: it counts for nothing, as no rule gives them anything on an override" in text
    assert text.count("counts for nothing") == 1


def test_what_nobody_had_been_sent_leaves_nobody_to_tell_that_it_was_taken_back(office: Office) -> None:
    nowhere, sent = form(1, of=grades(Risk.MEDIUM)), form(2, of=grades(Risk.HIGH))
    settled(office, nowhere, sent, retraction(nowhere), retraction(sent))

    text = look(office, HUB, "/ledger/put-right").text

    assert text.count("Nobody Nobody Nobody to tell Nothing asked back") == 1
    assert text.count("Not yet") == 1
    assert "Domestic Abuse Family Safety Unit Nobody" in text


def test_an_opening_says_who_and_what_for_to_the_hub_and_to_the_agencys_own_lead(office: Office) -> None:
    settled(office, form(1, of=grades(Risk.MEDIUM), consent={"cedah": "given"}))
    release = office.bench.output().releases["cedah"][0].release_id
    opened(office, PRACTITIONER, release, "Safety planning <call>")
    practitioner = PARTNERSHIP.person(PRACTITIONER[1])
    assert practitioner is not None

    for who in (HUB, LEAD):
        text = look(office, who, "/ledger/openings").text
        assert f"{practitioner.name} Cheshire East Domestic Abuse Hub Safety planning <call> Opened:" in text


def test_a_question_where_else_somebody_stands_is_listed_as_one_that_opened_nothing(office: Office) -> None:
    settled(office, form(1, of=grades(Risk.MEDIUM), consent={"cedah": "given"}))
    release = office.bench.output().releases["cedah"][0].release_id
    asked = {"release_id": release, "section": "victim", "purpose": "Who else is there"}
    assert office.ask(PRACTITIONER, "/v1/timeline", asked).status_code == 200
    hear_openings(office)

    text = look(office, LEAD, "/ledger/openings").text

    assert "Who else is there Nothing was opened: asked where else somebody stands" in text


def test_who_was_told_of_a_person_is_asked_by_a_form_and_no_address_holds_the_id(office: Office) -> None:
    settled(office, form(1, of=grades(Risk.HIGH)))
    person = alias(ALIAS_KEY, internal("victim"), "person", "police")

    asked = look(office, HUB, "/ledger/told")
    told = look(office, HUB, "/ledger/told", person=person)

    assert "Domestic Abuse Family Safety Unit" not in asked.text
    assert "Domestic Abuse Family Safety Unit" in told.text
    assert not [each for each in told.links if person in each]
    assert "Domestic Abuse Family Safety Unit" not in look(office, HUB, f"/ledger/told?person={person}").text


def test_somebody_unknown_and_somebody_nothing_was_told_of_look_alike(office: Office) -> None:
    settled(office)
    nobody = alias(ALIAS_KEY, internal("nobody at all"), "person", "police")
    anothers = alias(ALIAS_KEY, internal("victim"), "person", "dafsu")

    pages = [look(office, HUB, "/ledger/told", person=each) for each in (nobody, anothers, "Quenivaldra")]

    assert {page.status for page in pages} == {200}
    assert len({page.text for page in pages}) == 1


def test_an_event_says_to_whom_it_went_why_under_which_policy_and_what_would_change_it(
    office: Office,
) -> None:
    settled(office, form(1, of=grades(Risk.MEDIUM)), consent({"cedah": "refused"}, incident="incident 1"))

    page = look(office, HUB, "/events/00000000-0000-4000-8000-000000000001/explanation")

    assert page.text.index("Cheshire Constabulary") < page.text.index("Cheshire East Domestic Abuse Hub")
    assert "Consent was refused on 2 September 2024" in page.text
    assert "It would be told if" in page.text
    assert [each for each in page.links if each.startswith("/policy/")]
    assert 'href="/incidents/' in page.html


def test_a_recipient_reads_its_own_answer_alone_and_may_follow_the_policy_in_force(office: Office) -> None:
    settled(office, form(1, of=grades(Risk.MEDIUM), consent={"cedah": "given"}))

    page = look(office, PRACTITIONER, "/events/00000000-0000-4000-8000-000000000001/explanation")

    assert page.html.count('id="answer-') == 1
    assert "Cheshire Constabulary" not in page.text
    (policy,) = {each for each in page.links if each.startswith("/policy/")}
    assert look(office, PRACTITIONER, policy).status == 200


def test_an_event_that_is_not_the_visitors_is_absent_like_one_there_is_not(office: Office) -> None:
    settled(office, form(1, of=grades(Risk.HIGH)))

    theirs = look(office, PRACTITIONER, "/events/00000000-0000-4000-8000-000000000001/explanation")
    unknown = look(office, PRACTITIONER, "/events/00000000-0000-4000-8000-00000000dead/explanation")
    reference = look(office, HUB, "/events/VPA-2024-1/explanation")

    assert {page.status for page in (theirs, unknown, reference)} == {404}
    assert theirs.text == unknown.text == reference.text
    assert ABSENT in theirs.text


def test_what_our_own_services_open_is_said_to_be_theirs(office: Office) -> None:
    office.openings.keep(0, 1, [an_opening(agency="notify", person="notify")])

    assert "The system, for Operation Encompass" in look(office, HUB, "/ledger/openings").text


def test_every_list_but_the_search_has_a_page(office: Office) -> None:
    assert set(KINDS) == set(List) - {List.TOLD}
    assert {look(office, AUDITOR, f"/ledger/{name}").status for name in KINDS} == {200}


def test_who_was_told_of_a_child_is_asked_by_an_event_that_names_them(office: Office) -> None:
    settled(office, form(1, of=grades(Risk.HIGH), pupils=[a_child("ann"), a_child("ben")]))
    event = f"00000000-0000-4000-8000-{1:012x}"

    second = look(office, HUB, "/ledger/told", event=event, role="child", child="2")
    third = look(office, HUB, "/ledger/told", event=event, role="child", child="3")

    assert "Domestic Abuse Family Safety Unit" in second.text
    assert "Nothing that you may see was told of this id." in third.text


@pytest.mark.parametrize(
    "sent", [{"event": "x"}, {"role": "victim"}, {"event": "x", "role": "child", "child": "0"}]
)
def test_half_a_question_about_who_was_told_comes_back(office: Office, sent: dict[str, str]) -> None:
    page = look(office, HUB, "/ledger/told", **sent)

    assert page.status == 422
    assert "an event's id and the role" in page.text


def overrides(office: Office, many: int) -> Office:
    """Have so many overrides on the ledger, each of an incident of its own."""
    forms = [form(number, of=grades(Risk.MEDIUM)) for number in range(1, many + 1)]
    said = [
        override(
            "family-help", event_id=f"00000000-0000-4000-9000-{number:012x}", incident=f"incident {number}"
        )
        for number in range(1, many + 1)
    ]
    return settled(office, *forms, *said)


def test_a_sample_is_drawn_by_a_seed_that_draws_it_again(office: Office) -> None:
    overrides(office, 12)

    first = look(office, HUB, "/ledger/overridden", sample="3", seed="")
    again = look(office, AUDITOR, "/ledger/overridden", sample="3", seed=seed_of(first))
    other = look(office, HUB, "/ledger/overridden", sample="3", seed="another-seed")

    assert (first.status, len(events_of(first))) == (200, 3)
    assert events_of(first) == events_of(again) != events_of(other)
    assert f'value="{seed_of(first)}"' in first.html


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_a_list_that_is_drawn_from_has_the_form_for_a_sample_of_its_days(office: Office, name: List) -> None:
    overrides(office, 1)

    page = look(office, HUB, f"/ledger/{name}?from=2024-09-01")

    assert f'method="post" action="/ledger/{name}"' in page.html
    assert '<input type="hidden" name="from" value="2024-09-01">' in page.html


def test_no_other_list_has_the_form_for_a_sample(office: Office) -> None:
    others = [look(office, AUDITOR, f"/ledger/{name}") for name in KINDS if name not in DRAWN]

    assert [each.title for each in others if "Draw a sample" in each.text] == []


def test_a_sample_is_of_the_days_it_is_asked_for(office: Office) -> None:
    overrides(office, 2)
    days = {"from": "2024-09-01", "to": "2024-09-01"}

    page = look(office, HUB, "/ledger/overridden", sample="5", seed="s", **days)

    assert (page.status, events_of(page)) == (200, [])
    assert "There is nothing to draw from for these days." in page.text
    assert 'href="/ledger/overridden?from=2024-09-01&amp;to=2024-09-01"' in page.html


def test_where_nothing_was_overridden_a_sample_says_so(office: Office) -> None:
    page = look(settled(office), HUB, "/ledger/overridden", sample="5", seed="")

    assert (page.status, "There is nothing to draw from." in page.text) == (200, True)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"sample": ""}, "Enter how many to draw"),
        ({"sample": "0"}, "Enter how many to draw"),
        ({"sample": "101"}, "Enter how many to draw"),
        ({"sample": "ten"}, "Enter how many to draw"),
        ({"sample": "3", "seed": "no spaces"}, "Enter a seed of letters"),
        ({"sample": "3", "from": "2024-09-03", "to": "2024-09-02"}, "The first day must be the same"),
    ],
)
def test_a_sample_that_cannot_be_drawn_comes_back_as_it_was_typed(
    office: Office, sent: dict[str, str], said: str
) -> None:
    page = look(overrides(office, 1), HUB, "/ledger/overridden", **sent)

    assert (page.status, page.title) == (422, "Error: A sample, drawn by lot – Sightline")
    assert said in page.text
    assert f'value="{sent["sample"]}"' in page.html or not sent["sample"]
    assert events_of(page) == []


@pytest.mark.parametrize("who", [PRACTITIONER, RESPONDER, LEAD, OFFICE])
@pytest.mark.parametrize("sent", [{"sample": "3"}, {"sample": "x"}])
def test_nobody_else_draws_a_sample_and_is_told_no_more_of_a_wrong_one(
    office: Office, who: tuple[str, str], sent: dict[str, str]
) -> None:
    page = look(overrides(office, 1), who, "/ledger/overridden", **sent)

    assert page.status == 404
    assert ABSENT in page.text
