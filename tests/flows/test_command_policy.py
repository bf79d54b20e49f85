"""What `sightline policy` says of a draft, and what it asks of a running system."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli.__main__ import app
from services.cli.drafts import CURRENT, named
from services.cli.errors import CliError, NothingFound
from services.consent.rules.reading import hash_of
from services.consent.rules.schema import schema
from services.runtime.certificates import issue
from tests.command_builders import Asked, answering
from tests.gate_builders import STRICT
from tests.policy_drafts import PRACTISED

TEXT = STRICT.read_text()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    issue(folder / "credentials", ("police",))
    return folder


def in_force(_asked: Asked) -> tuple[int, dict[str, Any]]:
    return 200, {"text": TEXT, "hash": hash_of(TEXT)}


def nothing_here(_asked: Asked) -> tuple[int, dict[str, Any]]:
    return 404, {"detail": "there is nothing here for you: check the id"}


def nobody_to_ask() -> Any:
    raise AssertionError("no running system is to be asked")


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["policy", *words])
    return result.exit_code, result.stdout


@pytest.mark.parametrize("words", [("schema",), ("schema", "--json")])
def test_the_schema_of_a_draft_is_printed_without_any_running_system(words: tuple[str, ...]) -> None:
    code, said = run(*words)

    assert code == 0
    assert json.loads(said) == schema()
    assert len(said.splitlines()) == 1 or "--json" not in words


def test_a_draft_that_keeps_to_everything_ends_with_0_and_says_so() -> None:
    code, said = run("check", str(STRICT))

    assert code == 0
    assert said.splitlines()[-1] == "It keeps to all 25."
    assert "BROKEN" not in said


def test_the_table_as_practised_is_found_unlawful_and_nothing_else() -> None:
    code, said = run("check", str(PRACTISED), "--json")

    found = json.loads(said)
    assert code == 1
    assert [each["id"] for each in found["invariants"] if not each["holds"]] == ["lawful"]
    assert {(each["recipient"], each["rule"]) for each in found["breaches"]} == {
        ("cedah", "cedah-medium-risk"),
        ("family-help", "family-help-early-help"),
        ("adult-social-care", "adult-social-care-vulnerable-adult"),
    }
    assert all(each["when"].startswith("when ") and each["mend"] for each in found["breaches"])


def test_without_a_file_the_policy_in_force_is_asked_for(data: Path) -> None:
    with answering(in_force, data) as (system, asked):
        code, said = run("check", "--json", "--url", system.url, "--data", str(data))

    assert (code, json.loads(said)["policy"]["hash"]) == (0, hash_of(TEXT))
    assert [each.target for each in asked] == ["/v1/policy"]


def test_a_policy_is_named_by_its_file_its_hash_or_as_the_current_one(data: Path) -> None:
    with answering(in_force, data) as (system, asked):
        for name in (str(STRICT), CURRENT, hash_of(TEXT)[:12]):
            assert named(name, lambda: system).hash == hash_of(TEXT)

    assert [each.target for each in asked] == ["/v1/policy", f"/v1/policy?hash={hash_of(TEXT)[:12]}"]


def test_a_name_that_is_no_files_and_no_hash_is_said_to_be_none_and_nobody_is_asked() -> None:
    with pytest.raises(NothingFound, match=r"no file `draft\.toml`"):
        named("draft.toml", nobody_to_ask)


def test_a_hash_that_was_never_adopted_is_said_to_be_none(data: Path) -> None:
    with (
        answering(nothing_here, data) as (system, _),
        pytest.raises(NothingFound, match="`abcdefabcdef` was adopted"),
    ):
        named("abcdefabcdef", lambda: system)


def test_a_text_that_is_no_policy_is_refused_with_every_reason(tmp_path: Path) -> None:
    draft = tmp_path / "draft.toml"
    draft.write_text('version = "one"\n')

    with pytest.raises(CliError) as told:
        named(str(draft), nobody_to_ask)

    assert len(str(told.value).splitlines()) > 3


def test_a_file_that_is_no_utf_8_is_said_to_be_none(tmp_path: Path) -> None:
    draft = tmp_path / "draft.toml"
    draft.write_bytes(b"name = '\xff'")

    with pytest.raises(CliError, match="not UTF-8"):
        named(str(draft), nobody_to_ask)
