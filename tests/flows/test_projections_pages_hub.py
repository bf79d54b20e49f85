"""How an incident would be decided now, as the Hub reads it beside what stands."""

import pytest

from services.projections.pages.hub import LESS, MORE, OTHER_GROUND, OTHER_SECTIONS, SAME, differs

TOLD: dict[str, object] = {"outcome": "permit", "ground": "consent", "sections": ["victim"]}
NOT_TOLD: dict[str, object] = {"outcome": "deny", "ground": None, "sections": []}


@pytest.mark.parametrize(
    ("now", "stands", "said"),
    [
        (TOLD, TOLD, SAME),
        (NOT_TOLD, NOT_TOLD, SAME),
        (NOT_TOLD, {}, SAME),
        (TOLD, NOT_TOLD, MORE),
        (TOLD, {}, MORE),
        (NOT_TOLD, TOLD, LESS),
        ({**TOLD, "ground": "high-risk"}, TOLD, OTHER_GROUND),
        ({**TOLD, "sections": []}, TOLD, OTHER_SECTIONS),
    ],
)
def test_what_differs_is_said_in_words(now: dict[str, object], stands: dict[str, object], said: str) -> None:
    assert differs(now, stands) == said
