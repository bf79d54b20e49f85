"""The pages of policies, before a keyring that answers for real."""

from pathlib import Path

import pytest

from services.consent.rules.reading import hash_of, parse
from tests.gate_builders import STRICT, policy_adopted
from tests.office_builders import HUB, LEAD, PRACTITIONER, Office
from tests.page_builders import look, new_office
from tests.policy_drafts import PRACTISED, draft, rule

AUDITOR, PARTNERSHIP = ("partnership", "p-partnership-2"), ("partnership", "p-partnership-1")
LATER = draft(rule("dafsu-high-risk", purpose="support an adult victim at high risk today"))
FIRST, SECOND = hash_of(STRICT.read_text()), hash_of(LATER)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = new_office(tmp_path)
    made.bench.publish(policy_adopted(LATER, confirmed_by="p-partnership-2"))
    made.bench.settle()
    return made


@pytest.mark.parametrize("who", [HUB, AUDITOR, PARTNERSHIP, LEAD])
def test_every_policy_says_how_it_stands_who_adopted_it_and_when(
    office: Office, who: tuple[str, str]
) -> None:
    page = look(office, who, "/policy")

    assert page.status == 200
    assert page.text.index("In force 2 September 2024") < page.text.index("Earlier 2 September 2024")
    assert "p-sender-1 and " in page.text
    assert [each for each in page.links if each.startswith("/policy/")] == [
        "/policy/diff",
        f"/policy/{SECOND}",
        f"/policy/{FIRST}",
        "/policy/strict",
        "/policy/practised",
    ]


def test_anybody_else_sees_the_policy_in_force_in_their_place_and_no_other(office: Office) -> None:
    page = look(office, PRACTITIONER, "/policy")

    assert (page.status, page.title) == (200, "Policy – Sightline")
    assert SECOND in page.text
    assert not [each for each in page.links if each.startswith("/policy")]
    assert look(office, PRACTITIONER, f"/policy/{SECOND}").status == 200
    hidden = [f"/policy/{FIRST}", "/policy/strict", "/policy/diff", "/policy/nothing-like-it"]
    assert {look(office, PRACTITIONER, each).status for each in hidden} == {404}
    assert len({look(office, PRACTITIONER, each).text for each in hidden}) == 1


def test_the_matrix_is_drawn_with_its_grounds_and_where_consent_is_asked_for(office: Office) -> None:
    page = look(office, HUB, "/policy/strict")

    assert "Domestic Abuse Family Safety Unit Yes . Ground: the reviewed risk is high." in page.text
    assert "Yes , if the children's level is safeguarding." in page.text
    assert "Otherwise only with consent" in page.text
    assert page.html.count('scope="row"') > 10
    assert 'scope="colgroup" colspan="4"' in page.html


def test_each_rule_is_said_in_words_with_its_paragraph_and_what_is_expected(office: Office) -> None:
    page = look(office, HUB, f"/policy/{SECOND}")

    said = page.text[page.text.index("Rule dafsu-high-risk") :]
    assert "Source NA 4.11 About VPA reviewed, VPA corrected When The reviewed risk is high" in said
    assert "May use it to Support an adult victim at high risk today" in said
    assert "Expected Offer an independent adviser within 1 working day" in said
    assert "The adult victim consented to this recipient (NA 4.21, for 365 days)" in page.text
    assert "Not told: the Hub has not reviewed it yet" in page.text


def test_every_rule_of_the_policy_stands_on_its_page(office: Office) -> None:
    page = look(office, HUB, "/policy/practised")

    for each in parse(PRACTISED.read_text()).rules:
        assert f"Rule {each.id} Source {each.source}" in page.text


def test_events_beside_the_forms_say_who_is_told_when(office: Office) -> None:
    page = look(office, HUB, "/policy/strict")

    assert "When it holds the family, where a ground holds" in page.text
    assert "When the event names it" in page.text
    assert "A hospital, A landlord, Another area." in page.text


def test_what_may_not_be_adopted_says_so(office: Office) -> None:
    assert "It may not be adopted" in look(office, HUB, "/policy/practised").text
    assert "It may not be adopted" not in look(office, HUB, "/policy/strict").text


def test_two_policies_are_compared_in_the_commands_words(office: Office) -> None:
    page = look(office, LEAD, f"/policy/diff?before=practised&after={SECOND[:12]}")

    assert page.status == 200
    assert "VPA reviewed and VPA corrected, to Cheshire East Domestic Abuse Hub" in page.text
    assert "sent on the ground practice becomes withheld (no-ground)" in page.text
    assert (
        "when the risk is medium, the children's level is not safeguarding, consent is not given" in page.text
    )


def test_a_policy_compared_with_itself_changes_nothing(office: Office) -> None:
    assert "Nothing changes." in look(office, HUB, f"/policy/diff?before=strict&after={FIRST}").text


def test_what_changes_beside_the_answers_is_said_too(office: Office) -> None:
    page = look(office, HUB, f"/policy/diff?before={FIRST}&after={SECOND}")

    assert "Besides rule dafsu-high-risk, purpose: support an adult victim at high risk becomes" in page.text


@pytest.mark.parametrize(
    "asked", ["before=strict", "before=strict&after=abcdefabcdef", "before=../x&after=y"]
)
def test_a_policy_that_is_none_is_asked_for_again(office: Office, asked: str) -> None:
    page = look(office, HUB, f"/policy/diff?{asked}")

    assert (page.status, page.title) == (422, "Error: Compare two policies – Sightline")
    assert "Choose a policy from the list" in page.text


def test_nothing_chosen_yet_is_no_error(office: Office) -> None:
    assert look(office, HUB, "/policy/diff").status == 200
