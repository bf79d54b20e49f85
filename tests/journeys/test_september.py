"""The whole of September 2024 has the partnership's published numbers, from the services' own answers."""

import pytest

from services.synthetic.month import month
from services.synthetic.printout import lines
from tests.journey_builders import PARTNERSHIP, lived


@pytest.mark.long
def test_september_is_192_occurrences_348_children_9_and_21_home_schooled(tmp_path):
    with lived(tmp_path, month(1, PARTNERSHIP)) as september:
        answers = september.answers

    assert (answers.schools["occurrences"], answers.schools["children"]) == (192, 348)
    assert answers.schools["home_educated"] == {"occurrences": 9, "children": 21}
    assert answers.ledger["vpas"] == 274
    assert answers.sound, "\n".join(lines(answers))
