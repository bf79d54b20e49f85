"""A recipient can follow its own cases; two recipients cannot put theirs together."""

import re

from hypothesis import given
from hypothesis import strategies as st

from services.eventlog.aliases import alias, unalias
from services.eventlog.ids import event_id, release_id

KEY = bytes(range(32))
ids = st.binary(min_size=16, max_size=16).map(bytes.hex)
recipients = st.sampled_from(["cedah", "dafsu", "school:900001", "school:900002"])


@given(ids, recipients)
def test_an_alias_turns_back_for_its_own_recipient_and_kind_alone(internal: str, recipient: str) -> None:
    person = alias(KEY, internal, "person", recipient)

    assert unalias(KEY, person, "person", recipient) == internal
    assert unalias(KEY, person, "incident", recipient) is None
    assert unalias(KEY, person, "person", recipient + "x") is None
    assert unalias(bytes(32), person, "person", recipient) is None


@given(ids)
def test_no_two_recipients_and_no_two_kinds_share_an_alias(internal: str) -> None:
    given_out = {
        alias(KEY, internal, "person", "cedah"),
        alias(KEY, internal, "person", "dafsu"),
        alias(KEY, internal, "incident", "cedah"),
        alias(KEY, internal, "incident", "dafsu"),
    }

    assert len(given_out) == 4


@given(ids)
def test_the_same_recipient_always_sees_the_same_alias_and_never_the_id(internal: str) -> None:
    first, again = (alias(KEY, internal, "person", "cedah") for _ in range(2))

    assert first == again
    assert internal not in first
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", first)


@given(st.one_of(st.text(max_size=60), st.text("AZaz09-_=+/", min_size=40, max_size=46)))
def test_what_never_was_an_alias_is_none(text: str) -> None:
    assert unalias(KEY, text, "person", "cedah") is None


@given(ids, st.integers(0, 42), st.sampled_from("ABCabc019-_+/="))
def test_an_alias_has_one_spelling(internal: str, place: int, other: str) -> None:
    right = alias(KEY, internal, "person", "cedah")
    wrong = right[:place] + other + right[place + 1 :]

    assert wrong == right or unalias(KEY, wrong, "person", "cedah") is None


def test_an_event_id_is_the_same_for_the_same_agency_and_its_own_id() -> None:
    first = event_id(KEY, "police", "VPA-1")

    assert first == event_id(KEY, "police", "VPA-1")
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", first)
    assert first not in {event_id(KEY, "cedah", "VPA-1"), event_id(bytes(32), "police", "VPA-1")}


@given(st.text(max_size=9), st.text(max_size=9), st.integers(0, 9))
def test_ids_cannot_be_confused_by_moving_a_character_across(agency: str, own: str, place: int) -> None:
    joined = agency + own
    other = (joined[:place], joined[place:])

    assert other == (agency, own) or event_id(KEY, *other) != event_id(KEY, agency, own)


def test_a_release_id_tells_cause_event_and_recipient_apart() -> None:
    made = {
        release_id("cause", "event", "cedah"),
        release_id("event", "cause", "cedah"),
        release_id("cause", "event", "dafsu"),
        release_id("causee", "vent", "cedah"),
    }

    assert len(made) == 4
    assert all(re.fullmatch(r"[0-9a-f]{32}", one) for one in made)
