"""A sandbox is no recipient, no publisher and nobody's colleague, wherever who takes part is asked."""

from pathlib import Path

import pytest

from services.consent.__main__ import desk_of
from services.consent.rules.reading import PolicyError, parse
from services.eventlog import topics
from services.eventlog.catalogue_files import load_catalogue
from services.ingest.__main__ import registered
from services.runtime.certificates import enrol
from services.runtime.clock import FixedClock
from services.runtime.identity import Unauthenticated, Verifier, folder_of, mint
from services.runtime.partnership import Joins, Partnership
from services.runtime.places import DEMO_PARTNERSHIP
from services.vocabulary.agencies import SINGLE_CONTROLLERS, is_recipient, is_school, may_publish
from services.vocabulary.sandbox import is_sandbox, rehearsed
from tests.policy_drafts import draft, rule
from tests.rules.test_identity import NOW

SANDBOX = "sandbox:police"


@pytest.fixture(scope="module")
def partnership() -> Partnership:
    return Partnership.load(DEMO_PARTNERSHIP)


def with_agency(tmp_path: Path, **row: str) -> Path:
    """Write the demo's file with one more agency."""
    text = DEMO_PARTNERSHIP.read_text("utf-8").replace(
        'policy = "../../', f'policy = "{DEMO_PARTNERSHIP.parents[2]}/'
    )
    cells = "\n".join(f'{name} = "{value}"' for name, value in row.items())
    path = tmp_path / "partnership.toml"
    path.write_text(f'{text}\n[[agency]]\ntitle = "Another"\nkind = "sandbox"\n{cells}\n', "utf-8")
    return path


def test_the_demo_has_sandboxes_of_who_is_registered(partnership: Partnership) -> None:
    assert SANDBOX in partnership.sandboxes()
    assert {rehearsed(each) for each in partnership.sandboxes()} <= set(partnership.publishers())


def test_the_gate_decides_about_none(partnership: Partnership) -> None:
    told = desk_of(partnership, lambda internal_id, _kind, _recipient: internal_id)

    assert {*told.recipients, *told.by_event} == set(SINGLE_CONTROLLERS)
    assert set(partnership.sandboxes()).isdisjoint(SINGLE_CONTROLLERS)


def test_the_door_knows_none_as_somebody_an_event_is_for(partnership: Partnership) -> None:
    known = registered(partnership)

    assert (known.recipients | known.joiners).isdisjoint(partnership.sandboxes())


def test_none_has_a_topic_or_may_read_one(partnership: Partnership) -> None:
    names = {*topics.names(partnership), *(each.principal for each in topics.grants(partnership))}

    assert [name for name in names if "sandbox" in name] == []


def test_none_is_a_recipient_or_a_school_by_its_name(partnership: Partnership) -> None:
    assert [each for each in partnership.sandboxes() if is_recipient(each) or is_school(each)] == []


def test_no_schema_lets_one_publish(partnership: Partnership) -> None:
    catalogue = load_catalogue()
    publishers = [catalogue.event(name).publishers for name in catalogue.types()]

    assert not any(may_publish(each, who) for each in partnership.sandboxes() for who in publishers)


def test_no_policy_can_name_one() -> None:
    with pytest.raises(PolicyError, match="sandbox:police"):
        parse(draft(rule("dafsu-high-risk", to=SANDBOX)))


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"name": "sandbox:police"}, "joins"),
        ({"name": "sandbox:cgl", "joins": "by event"}, "joins"),
        ({"name": "a-supplier", "joins": "never"}, "joins"),
        ({"name": "sandbox:nobody-we-know", "joins": "never"}, "rehearses nobody"),
        ({"name": "sandbox:sandbox:police", "joins": "never"}, "rehearses nobody"),
        ({"name": "sandbox:", "joins": "never"}, "joins"),
    ],
    ids=["founding", "by event", "no sandbox", "nobody's", "a sandbox's", "unnamed"],
)
def test_a_file_that_could_be_taken_otherwise_is_not_read(
    row: dict[str, str], why: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=why):
        Partnership.load(with_agency(tmp_path, **row))


def test_a_file_that_gives_a_sandbox_people_is_not_read(tmp_path: Path) -> None:
    path = with_agency(tmp_path, name="sandbox:cgl", joins="never")
    person = '[[person]]\nid = "p-x"\nname = "Nobody"\nagency = "sandbox:cgl"\nrole = "lead"\n'
    path.write_text(path.read_text("utf-8") + person, "utf-8")

    with pytest.raises(ValueError, match="has people"):
        Partnership.load(path)


def test_another_sandbox_is_registered_in_one_row(tmp_path: Path) -> None:
    found = Partnership.load(with_agency(tmp_path, name="sandbox:cgl", joins="never"))

    assert "sandbox:cgl" in found.sandboxes()
    assert {each.name for each in found.agencies if each.joins is Joins.NEVER} == set(found.sandboxes())


def token(folder: Path, person: str | None = None) -> str:
    enrol(folder, (SANDBOX,))
    key = (folder / folder_of(SANDBOX) / "key.pem").read_bytes()
    return f"Bearer {mint(SANDBOX, person, key, NOW)}"


def test_to_every_service_but_the_door_its_token_is_nobodys(partnership: Partnership, tmp_path: Path) -> None:
    verifier = Verifier(partnership, tmp_path, FixedClock(NOW))

    with pytest.raises(Unauthenticated, match="no registered agency"):
        verifier.caller(token(tmp_path))


def test_the_door_knows_it_under_its_own_name(partnership: Partnership, tmp_path: Path) -> None:
    verifier = Verifier(partnership, tmp_path, FixedClock(NOW), besides={SANDBOX: "police"})

    caller = verifier.caller(token(tmp_path, "p-hub-2"))

    assert (caller.agency, caller.person) == (SANDBOX, "p-hub-2")


def test_it_has_a_key_to_sign_with_and_no_certificate_for_the_broker(tmp_path: Path) -> None:
    enrol(tmp_path, (SANDBOX,))

    assert {each.name for each in (tmp_path / "sandbox_police").iterdir()} == {"key.pem", "key.pub.pem"}


def test_a_key_that_is_there_is_not_made_again(tmp_path: Path) -> None:
    enrol(tmp_path, (SANDBOX,))
    before = (tmp_path / "sandbox_police" / "key.pem").read_bytes()

    enrol(tmp_path, (SANDBOX,))

    assert (tmp_path / "sandbox_police" / "key.pem").read_bytes() == before


@pytest.mark.parametrize("name", ["police", "sandbox", "sandbox:", "school:900101", "", "a sandbox:police"])
def test_what_is_called_otherwise_is_none(name: str) -> None:
    assert not is_sandbox(name)
