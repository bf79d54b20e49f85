"""Schemas: every section labelled, every version kept, every byte ever written still readable."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType
from avro.schema import parse

from services.eventlog import codec
from services.eventlog.catalogue import COMPARTMENTS, OUTSIDE_CONTENT, Catalogue
from services.eventlog.catalogue_files import SCHEMAS, load_catalogue
from services.eventlog.errors import Misdescribed, UnknownSchema
from services.eventlog.evolution import Version, current, merge, merged, problems
from services.eventlog.sealing import open_section, person_of, verify_sections
from services.vocabulary.events import EventType
from tests.schema_goldens import GOLDEN, decoded, encoded, golden_path, sample, written

NOW = {(one.folder, one.name): one for one in current()}
MERGED = merged()
EVENT = "incidents/VpaRaised.avsc"


def named(version: Version) -> str:
    return version.path


def compatible(reader: Any, writer: Any) -> bool:
    """Say whether the avro library thinks that this reader can read what this writer wrote."""
    checker: Any = ReaderWriterCompatibilityChecker()
    result = checker.get_compatibility(parse(json.dumps(reader)), parse(json.dumps(writer)))
    return bool(result.compatibility is SchemaCompatibilityType.compatible)


def changed(change: Callable[[dict[str, Any]], object], path: str = EVENT) -> dict[str, str]:
    """Return the texts of one event and the shared records, the event changed."""
    texts = {f"shared/{file.name}": file.read_text("utf-8") for file in (SCHEMAS / "shared").glob("*.avsc")}
    document = json.loads((SCHEMAS / path).read_text("utf-8"))
    change(document)
    return {**texts, path: json.dumps(document)}


def field(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(field for field in document["fields"] if field["name"] == name)
    return found


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The schemas, to be spoilt."""
    return Path(shutil.copytree(SCHEMAS, tmp_path / "avro"))


def test_every_event_type_of_the_vocabulary_has_a_schema_and_no_other() -> None:
    assert set(load_catalogue().types()) == {event_type.value for event_type in EventType}


def test_every_section_of_every_event_is_labelled() -> None:
    catalogue = load_catalogue()

    for event in map(catalogue.event, catalogue.types()):
        assert event.publishers
        assert {"routing", "facts"} <= {section.name for section in event.sections}
        assert {section.compartment for section in event.sections} <= COMPARTMENTS
        assert all(
            (section.of is None) == (section.compartment in OUTSIDE_CONTENT) for section in event.sections
        )


@pytest.mark.parametrize("label", ["compartment", "of", "version"])
def test_an_unlabelled_section_does_not_load(label: str) -> None:
    with pytest.raises(Misdescribed, match="victim"):
        Catalogue.load(changed(lambda document: field(document, "victim").pop(label)))


@pytest.mark.parametrize("compartment", ["everything", "", None, 1])
def test_a_label_nobody_knows_does_not_load(compartment: object) -> None:
    with pytest.raises(Misdescribed, match="compartment"):
        Catalogue.load(changed(lambda document: field(document, "victim").update(compartment=compartment)))


@pytest.mark.parametrize("publishers", [None, [], "police", [1]])
def test_an_event_without_permitted_publishers_does_not_load(publishers: object) -> None:
    with pytest.raises(Misdescribed, match="publishers"):
        Catalogue.load(changed(lambda document: document.update(publishers=publishers)))


def test_an_event_that_does_not_say_its_publishers_does_not_load() -> None:
    with pytest.raises(Misdescribed, match="publishers"):
        Catalogue.load(changed(lambda document: document.pop("publishers")))


def test_facts_that_belong_to_somebody_do_not_load() -> None:
    with pytest.raises(Misdescribed, match="whose"):
        Catalogue.load(changed(lambda document: field(document, "facts").update(of="victim")))


def test_a_list_sealed_as_one_does_not_load() -> None:
    with pytest.raises(Misdescribed, match="element by element"):
        Catalogue.load(changed(lambda document: field(document, "children").update(of="victim")))


def test_a_section_that_cannot_be_absent_does_not_load() -> None:
    with pytest.raises(Misdescribed, match="absent"):
        Catalogue.load(changed(lambda document: field(document, "victim").update(type="sightline.Victim")))


def test_a_name_that_nothing_defines_does_not_load() -> None:
    with pytest.raises(Misdescribed, match=r"sightline\.Nobody"):
        Catalogue.load(
            changed(lambda document: field(document, "victim").update(type=["null", "sightline.Nobody"]))
        )


def test_a_file_that_is_not_a_record_does_not_load() -> None:
    for text in ("{", "[]", '"string"', '{"type": "array", "items": "string"}'):
        with pytest.raises(Misdescribed):
            Catalogue.load({"incidents/Wrong.avsc": text})


def test_what_no_catalogue_names_is_unknown() -> None:
    catalogue = load_catalogue()

    for question in (
        lambda: catalogue.event("VpaDreamt"),
        lambda: catalogue.section("victim/999"),
        lambda: catalogue.section("victim/1", "TimePassed"),
        lambda: catalogue.event("VpaRaised").section("dreams"),
    ):
        with pytest.raises(UnknownSchema):
            question()


def test_facts_are_asked_for_with_their_event_because_each_family_has_its_own() -> None:
    catalogue = load_catalogue()

    with pytest.raises(UnknownSchema, match="event type"):
        catalogue.section("facts/1")
    assert catalogue.section("facts/1", "TimePassed").avro != catalogue.section("facts/1", "VpaRaised").avro


def test_a_category_of_publishers_permits_each_of_its_instances_and_no_other() -> None:
    acknowledged = load_catalogue().event("SchoolNotificationAcknowledged")

    assert acknowledged.permits("school:900001")
    assert not acknowledged.permits("gp:Y00001")
    assert not acknowledged.permits("police")


def test_the_schemas_are_what_was_merged() -> None:
    assert problems() == []


@pytest.mark.parametrize("version", MERGED, ids=named)
def test_every_merged_version_can_be_read_now_and_can_read_what_is_written_now(version: Version) -> None:
    now = NOW[version.folder, version.name]

    assert compatible(now.document, version.document)
    assert compatible(version.document, now.document)


@pytest.mark.parametrize("version", MERGED, ids=named)
def test_every_merged_section_is_compatible_by_itself_because_it_is_sealed_by_itself(
    version: Version,
) -> None:
    now = {one.name.partition("/")[0]: one.avro for one in written(NOW[version.folder, version.name])}

    for one in written(version):
        assert compatible(now[one.name.partition("/")[0]], one.avro)
        assert compatible(one.avro, now[one.name.partition("/")[0]])


@pytest.mark.parametrize("version", MERGED, ids=named)
def test_golden_bytes_are_what_that_version_writes(version: Version) -> None:
    golden = json.loads(golden_path(version).read_text("utf-8"))

    assert set(golden) == {one.name for one in written(version)}
    for one in written(version):
        assert encoded(one.avro, sample(one.avro, {})).hex() == golden[one.name]


@pytest.mark.parametrize("version", MERGED, ids=named)
def test_golden_bytes_of_every_version_are_read_by_the_newest(version: Version) -> None:
    golden = json.loads(golden_path(version).read_text("utf-8"))
    now = {one.name.partition("/")[0]: one.avro for one in written(NOW[version.folder, version.name])}

    for one in written(version):
        data = bytes.fromhex(golden[one.name])
        read = decoded(one.avro, data, now[one.name.partition("/")[0]])
        assert read.keys() >= decoded(one.avro, data).keys() & read.keys()


def test_an_event_sealed_long_ago_still_verifies_and_opens() -> None:
    golden = json.loads((GOLDEN / "sealed-event.json").read_text("utf-8"))
    routing_key = bytes.fromhex(golden["routing_key"])
    keys = {person: bytes.fromhex(key) for person, key in golden["keys"].items()}

    envelope = codec.decode_envelope(bytes.fromhex(golden["envelope"]))
    header = codec.decode_header(envelope.header)
    opened = []
    for sealed in envelope.sections:
        person = person_of(sealed.body, header.event_id, routing_key)
        key = routing_key if person is None else keys[person]
        opened.append(open_section(sealed.body, header.event_id, key).hex())

    verify_sections(envelope)
    assert opened == golden["plaintexts"]
    assert codec.encode_envelope(envelope).hex() == golden["envelope"]


def test_an_edited_merged_version_is_found(copy: Path) -> None:
    edited = copy / "merged" / "incidents" / "VpaRaised" / "1.avsc"
    edited.write_text(edited.read_text("utf-8").replace("police", "fire"), "utf-8")

    assert any("VpaRaised/1.avsc` was edited" in problem for problem in problems(copy))


def test_a_merged_version_that_is_gone_or_was_slipped_in_is_found(copy: Path) -> None:
    folder = copy / "merged" / "incidents" / "VpaRaised"
    shutil.copy(folder / "1.avsc", folder / "7.avsc")
    slipped = problems(copy)
    (folder / "7.avsc").unlink()
    (folder / "1.avsc").unlink()

    assert any("not in the register" in problem for problem in slipped)
    assert any("is gone" in problem for problem in problems(copy))


def with_a_new_fact(root: Path, *, event: int, section: int) -> None:
    """Add a fact to TimePassed, in these versions of the event and of the section."""
    facts = root / "shared" / "TimeFacts.avsc"
    record = json.loads(facts.read_text("utf-8"))
    record["fields"].append({"name": "added", "type": ["null", "string"], "default": None})
    facts.write_text(json.dumps(record), "utf-8")
    path = root / "platform" / "TimePassed.avsc"
    document = json.loads(path.read_text("utf-8"))
    document["version"] = event
    field(document, "facts")["version"] = section
    path.write_text(json.dumps(document), "utf-8")


def test_a_change_that_keeps_its_version_is_found(copy: Path) -> None:
    with_a_new_fact(copy, event=1, section=1)

    assert any("`TimePassed` is not what was merged" in problem for problem in problems(copy))


def test_a_section_that_changes_and_keeps_its_own_version_is_found(copy: Path) -> None:
    with_a_new_fact(copy, event=2, section=1)

    assert any("`facts/1` of `TimePassed` changed" in problem for problem in problems(copy))


def test_a_version_that_jumps_is_found(copy: Path) -> None:
    with_a_new_fact(copy, event=3, section=2)

    assert any("jumps" in problem for problem in problems(copy))


def test_a_new_version_is_merged_once_and_the_old_one_stays_readable(copy: Path) -> None:
    with_a_new_fact(copy, event=2, section=2)

    assert merge(copy) == ["platform/TimePassed/2.avsc"]
    assert merge(copy) == []

    assert problems(copy) == []
    catalogue = load_catalogue(copy)
    old, new = (catalogue.section(schema_id, "TimePassed") for schema_id in ("facts/1", "facts/2"))
    data = codec.encode_content(old, sample(old.avro, {}))
    assert codec.decode_content(old, data, read_as=new)["added"] is None


def test_better_words_need_no_new_version(copy: Path) -> None:
    path = copy / "platform" / "TimePassed.avsc"
    document = json.loads(path.read_text("utf-8"))
    document["doc"] = "A quarter of an hour went by."
    path.write_text(json.dumps(document), "utf-8")

    assert problems(copy) == []


def test_what_cannot_be_read_both_ways_is_found() -> None:
    before = {
        "type": "record",
        "name": "R",
        "fields": [{"name": "a", "type": ["null", "string"], "default": None}],
    }
    required = {**before, "fields": [*before["fields"], {"name": "b", "type": "string"}]}
    optional = {**before, "fields": [*before["fields"], {"name": "b", "type": "string", "default": ""}]}

    assert not compatible(required, before)
    assert compatible(optional, before)
    assert compatible(before, optional)
