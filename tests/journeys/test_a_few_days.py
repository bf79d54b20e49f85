"""A few days of the month through a whole system: what comes out is what went in, and no child is dropped."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from services.audit.commands import export
from services.audit.verifier import verify
from services.cli.answers import searched
from services.synthetic.names import token
from services.synthetic.printout import lines
from tests.journey_builders import Lived, a_few_days, children, lived, raised, reviewed, without_a_child
from tests.system import sized

INCIDENTS = sized(24, 60)


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    with lived(tmp_path_factory.mktemp("days"), a_few_days(INCIDENTS)) as system:
        yield system


def test_the_figures_hold_together(days):
    assert days.answers.sound, "\n".join(lines(days.answers))


def test_every_occurrence_and_every_child_is_counted_once(days):
    with_children = [event for event in raised(days.events) if children(event)]
    status = days.answers.schools

    assert status["occurrences"] == len(with_children)
    assert status["children"] == sum(len(children(event)) for event in with_children)
    assert status["told"] + status["escalated"] + status["listed"] == status["children"]


def test_home_schooled_children_are_counted_apart_and_listed(days):
    at_home = [
        len(children(event))
        for event in raised(days.events)
        if any(c["home_educated"] for c in children(event))
    ]

    assert at_home
    assert days.answers.schools["home_educated"] == {"occurrences": len(at_home), "children": sum(at_home)}


def test_some_schools_were_told_and_some_had_to_be_phoned(days):
    assert days.answers.schools["told"] > 0
    assert days.answers.schools["escalated"] > 0


def test_every_vpa_is_in_the_ledger(days):
    assert days.answers.ledger["vpas"] == len(raised(days.events))


def test_dafsu_has_every_high_risk_vpa_and_the_hub_s_reviewed_form(days):
    high = {event["incident"] for event in reviewed(days.events) if event["facts"]["risk"] == "high"}

    rows = days.system.get("/v1/inbox", {"limit": "500"}, agency="dafsu").good()["releases"]

    assert len({row["incident"] for row in rows if row["ground"] == "high-risk"}) == len(high) > 0


def test_what_the_print_out_says_of_a_recipient_is_what_is_in_its_inbox(days):
    for row in days.answers.ledger["recipients"][:12]:
        inbox = days.system.get("/v1/inbox", {"limit": "500"}, agency=row["recipient"]).good()["releases"]
        released = [release for release in inbox if release["kind"] != "recalled"]
        assert len(released) == row["releases"] == sum(row["by_ground"].values()), row["recipient"]


def test_each_agency_can_export_and_verify_its_own(days, tmp_path):
    key = str(days.system.described["checkpoint_key"])

    for recipient in ("dafsu", "cedah", "education", "police"):
        export(days.system, tmp_path / recipient, recipient)
        result = verify(tmp_path / recipient, key)
        inbox = days.system.get("/v1/inbox", {"limit": "500"}, agency=recipient).good()["releases"]
        releases = (tmp_path / recipient / "releases.jsonl").read_text().splitlines()
        assert result.ok, result.problems
        assert [json.loads(line)["release_id"] for line in releases] == [r["release_id"] for r in inbox]


def test_export_and_verify_by_the_command(days, tmp_path):
    (tmp_path / "key").write_text(str(days.system.described["checkpoint_key"]))

    exported = command(days, "export", "--out", str(tmp_path / "bundle"), "--json")
    verified = command(days, "verify", str(tmp_path / "bundle"), "--key", str(tmp_path / "key"), "--json")

    assert exported.returncode == verified.returncode == 0, exported.stderr + verified.stderr
    assert json.loads(verified.stdout)["tree_size"] == days.answers.verified.heads[0].size


def command(days: Lived, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SIGHTLINE_URL": days.system.url, "SIGHTLINE_DATA": str(days.system.data)}
    return subprocess.run(
        [sys.executable, "-m", "services.cli", *arguments], env=environment, capture_output=True, text=True
    )


def test_the_answers_are_one_json_document(days):
    told = json.loads(json.dumps(days.answers.as_json()))

    assert told["sound"]
    assert told["ledger"]["vpas"] == len(raised(days.events))


def test_nobody_is_found_at_rest(days):
    assert days.answers.searched.found == ()
    assert days.answers.searched.words > 100
    assert days.answers.searched.records > 500


def test_a_control_planted_in_every_store_is_found_in_each(days):
    control = token(Random("a control"))
    places = plant(days.system.data, control)

    found = searched(days.system, frozenset([control.lower()])).found

    assert {place.name for place in places} <= {Path(one.split(" (")[0]).name for one in found}
    unplant(places)


def plant(data: Path, control: str) -> list[Path]:
    """Put a file with the control beside every kind of store, in the clear."""
    kinds = sorted({path.parent for path in data.rglob("*") if path.is_file()})
    places = [directory / f"control-{number}" for number, directory in enumerate(kinds)]
    for place in places:
        place.write_text(f"once there was {control} and then there was not")
    return places


def unplant(places: list[Path]) -> None:
    for place in places:
        place.unlink()


def test_schools_said_what_they_read_before_anybody_phoned(days):
    notifications = days.system.get("/v1/schools/notifications").good()["notifications"]

    outcomes = Counter(bool(one["acknowledged_at"]) for one in notifications)
    assert outcomes[True] > outcomes[False]


@pytest.mark.long
def test_leaving_out_one_child_changes_the_print_out(days, tmp_path_factory):
    with lived(tmp_path_factory.mktemp("fewer"), without_a_child(days.events)) as fewer:
        before, after = list(lines(days.answers)), list(lines(fewer.answers))

    assert fewer.answers.schools["children"] == days.answers.schools["children"] - 1
    assert counted(after) != counted(before)
    assert fewer.answers.sound


def counted(text: list[str]) -> list[str]:
    """Return what a print-out says of Operation Encompass."""
    start = text.index("Operation Encompass")
    return text[start : start + 7]
