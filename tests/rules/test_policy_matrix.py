"""The routing matrix as it is drawn, cell by cell, against the partnership's own table (NA 4.11).

The first table is written off the document: Y, N, or what must also be so, whatever the ground. The second is
the strict policy's: the same cells, and where the documents ask for consent (NA 4.21, 4.26).
"""

from collections.abc import Mapping

import pytest

from services.consent.rules.matrix import COLUMNS, Cell, Line, Part, Says, matrix
from services.consent.rules.policy import Policy
from services.vocabulary.grounds import Ground
from tests.policy_drafts import PRACTISED, a_policy, rule

TITLES = tuple(column.title for column in COLUMNS)
HIGH, MEDIUM, STANDARD = "the risk is high", "the risk is medium", "the risk is standard"
SAFEGUARDING, EARLY_HELP = "the children's level is safeguarding", "the children's level is early help"
ADULT, CONCERN = "an adult is vulnerable", "there is an adult safeguarding concern"

OWED: Mapping[str, tuple[str, ...]] = {
    # high, medium, standard, not completed; safeguarding, early help, below threshold; vulnerable adult
    "dafsu": ("Y", "N", "N", "N", HIGH, HIGH, HIGH, HIGH),
    "cedah": ("N", "Y", "N", "N", MEDIUM, MEDIUM, MEDIUM, MEDIUM),
    "checs": (SAFEGUARDING, SAFEGUARDING, SAFEGUARDING, SAFEGUARDING, "Y", "N", "N", SAFEGUARDING),
    "family-help": (EARLY_HELP, EARLY_HELP, EARLY_HELP, EARLY_HELP, "N", "Y", "N", EARLY_HELP),
    "adult-social-care": (ADULT, ADULT, ADULT, ADULT, ADULT, ADULT, ADULT, "Y"),
    "cheshire-cares": ("N", "N", "Y", "N", STANDARD, STANDARD, STANDARD, STANDARD),
}
"""Who is owed a reviewed form (NA 4.9-4.14)."""

STRICT: Mapping[str, tuple[str, ...]] = {
    "dafsu": ("yes", "no", "no", "no", *[f"yes if {HIGH}, no"] * 4),
    "cedah": (
        "no",
        f"yes if {SAFEGUARDING}, consent",
        "no",
        "no",
        f"yes if {MEDIUM}, no",
        f"consent if {MEDIUM}, no",
        f"consent if {MEDIUM}, no",
        f"yes if {MEDIUM} and {SAFEGUARDING}, consent if {MEDIUM}, no",
    ),
    "checs": (*[f"yes if {SAFEGUARDING}, no"] * 4, "yes", "no", "no", f"yes if {SAFEGUARDING}, no"),
    "family-help": (
        f"yes if {EARLY_HELP}, no",
        *[f"consent if {EARLY_HELP}, no"] * 3,
        "no",
        f"yes if {HIGH}, consent",
        "no",
        f"yes if {HIGH} and {EARLY_HELP}, consent if {EARLY_HELP}, no",
    ),
    "adult-social-care": (
        f"yes if {ADULT}, no",
        *[
            f"yes if {SAFEGUARDING} and {ADULT}; or {ADULT} and {CONCERN}, consent if {ADULT}, no",
        ]
        * 3,
        f"yes if {ADULT}, no",
        *[f"yes if {HIGH} and {ADULT}; or {ADULT} and {CONCERN}, consent if {ADULT}, no"] * 2,
        f"yes if {HIGH}; or {SAFEGUARDING}; or {CONCERN}, consent",
    ),
    "cheshire-cares": ("no", "no", "consent", "no", *[f"consent if {STANDARD}, no"] * 4),
}
"""To whom it may go, and to whom only with consent."""

CELLS = [(to, place) for to in OWED for place in range(len(TITLES))]
of_every_cell = pytest.mark.parametrize(("to", "place"), CELLS, ids=lambda one: str(one))


def lines(policy: Policy) -> Mapping[str, Line]:
    return {line.recipient: line for line in matrix(policy)}


def in_words(cell: Cell) -> str:
    return ", ".join(
        f"{part.says} if {'; or '.join(part.cases)}" if part.cases else part.says for part in cell
    )


def owed(cell: Cell) -> str:
    """Return who is owed as the document's table writes it: consent is no matter there."""
    told = [part for part in cell if part.says is not Says.NO]
    if not told:
        return "N"
    return "; or ".join(told[-1].cases) or "Y"


@of_every_cell
def test_who_is_owed_is_the_partnerships_table(to: str, place: int) -> None:
    drawn = lines(a_policy(of=PRACTISED))

    assert owed(drawn[to].cells[place]) == OWED[to][place]


@of_every_cell
def test_the_strict_policy_owes_the_same_and_asks_for_consent_where_the_documents_do(
    to: str, place: int
) -> None:
    drawn = lines(a_policy())

    assert owed(drawn[to].cells[place]) == OWED[to][place]
    assert in_words(drawn[to].cells[place]) == STRICT[to][place]


def test_the_facts_across_are_those_of_the_table() -> None:
    assert TITLES == (
        "High",
        "Medium",
        "Standard",
        "Not completed",
        "Safeguarding",
        "Early help",
        "Below threshold",
        "Vulnerable adult",
    )


def test_recipients_stand_in_the_tables_order_and_nobody_else_is_sent_a_form() -> None:
    drawn = matrix(a_policy())

    assert [line.recipient for line in drawn if line.is_told] == list(OWED)


def test_a_yes_names_its_grounds_in_the_policys_order() -> None:
    (yes, _) = lines(a_policy())["adult-social-care"].cells[TITLES.index("Vulnerable adult")]

    assert yes.grounds == (Ground.HIGH_RISK, Ground.CHILD_SAFEGUARDING, Ground.ADULT_SAFEGUARDING)


def test_what_is_done_without_a_lawful_ground_is_drawn_as_what_it_is() -> None:
    (part,) = lines(a_policy(of=PRACTISED))["cedah"].cells[TITLES.index("Medium")]

    assert part == Part(says=Says.YES, grounds=(Ground.CHILD_SAFEGUARDING, Ground.PRACTICE), cases=())


def test_an_edit_of_a_rule_is_seen_in_its_cells_and_in_no_other_line() -> None:
    wider = {"when": {"risk": ["high", "medium"]}, "grounds": ["high-risk", "consent"]}
    edited = lines(a_policy(rule("dafsu-high-risk", **wider)))

    assert in_words(edited["dafsu"].cells[TITLES.index("Medium")]) == "consent"
    assert [to for to, line in lines(a_policy()).items() if line != edited[to]] == ["dafsu"]
