"""The people who do not exist."""

import random
from datetime import date

from stdnum.gb import nhs

from services.synthetic.names import SHORTEST, Inventor, token, tokens

BORN = date(1990, 5, 17)


def test_an_invented_word_is_ten_plain_letters_or_more():
    rng = random.Random(7)

    words = [token(rng) for _ in range(500)]

    assert all(len(word) >= SHORTEST and word.isascii() and word.isalpha() for word in words)


def test_no_two_people_share_a_word_unless_they_are_family():
    inventor = Inventor(random.Random(7))

    people = [inventor.person(BORN) for _ in range(1000)]

    words = [word for one in people for word in (one.given_name, one.family_name)]
    assert len({word.lower() for word in words}) == 2000


def test_nhs_numbers_are_valid_test_numbers_and_nobody_shares_one():
    inventor = Inventor(random.Random(7))

    numbers = [inventor.person(BORN).nhs for _ in range(1000)]

    assert all(nhs.is_valid(number) and number.startswith("999") for number in numbers)
    assert len(set(numbers)) == 1000


def test_telephones_ring_only_in_drama():
    inventor = Inventor(random.Random(7))

    phones = {inventor.person(BORN).phone for _ in range(1000)}

    assert all(len(phone) == 12 and phone.startswith("07700 900") for phone in phones)


def test_tokens_are_every_invented_word_and_no_ordinary_one():
    event = {
        "victim": {"given_name": "Brolimanuta", "family_name": "Zapodorime"},
        "contact": {"address": "4 Mavurosidey Lane, Macclesfield", "phone": "07700 900123"},
        "children": [{"given_name": "Tidorafuna", "school_urn": "900101"}],
        "narrative": {"text": "She said it was the same after Govipalute, in the kitchen."},
        "facts": {"children": "below_threshold"},
        "incident": "Referencewords",
    }

    found = tokens([event])

    assert found == {"brolimanuta", "zapodorime", "mavurosidey", "tidorafuna", "govipalute"}


def test_free_text_has_no_ordinary_word_as_long_as_a_token():
    inventor = Inventor(random.Random(7))

    texts = [text for _ in range(100) for text in (inventor.account(), inventor.reason())]

    said = inventor.said()
    assert tokens([{"narrative": {"text": text}} for text in texts]) <= said
