"""An exported bundle verifies offline, and no change to it goes unnoticed."""

import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.audit import verifier
from services.audit.rules import notes
from services.audit.store import bundles
from services.audit.verifier import verify
from services.eventlog import chain
from services.eventlog.codec import decode_envelope
from services.eventlog.errors import Tampered
from services.eventlog.records import Record
from tests.audit_builders import Audited, a_file, an_audit, an_event

EVENTS = 21


@pytest.fixture
def audited(tmp_path: Path) -> Audited:
    made = an_audit(a_file(tmp_path))
    made.publish(EVENTS)
    made.follow()
    return made


@pytest.fixture(params=["full", "redacted"])
def bundle(request: pytest.FixtureRequest, audited: Audited, tmp_path: Path) -> Path:
    if request.param == "full":
        return audited.full(tmp_path / "bundle")
    return audited.redacted("dafsu", tmp_path / "bundle")


@pytest.fixture
def key(audited: Audited) -> str:
    return audited.signer.vkey()


def records_in(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_full_bundle_verifies_and_says_how_large_the_log_is(audited, key, tmp_path):
    directory = audited.full(tmp_path / "bundle")

    result = verify(directory, key)

    headers = [an_event(number)[0].header for number in range(EVENTS)]
    assert (result.ok, result.problems, result.tree_size) == (True, (), EVENTS)
    assert result.root == chain.root([chain.leaf_hash(header) for header in headers]).hex()


def test_a_recipient_s_bundle_verifies_against_the_log_s_checkpoint(audited, key, tmp_path):
    directory = audited.redacted("dafsu", tmp_path / "bundle")

    result = verify(directory, key)

    assert (result.ok, result.problems, result.tree_size) == (True, (), EVENTS)


def test_a_recipient_s_bundle_holds_its_own_releases_and_nothing_else(audited, tmp_path):
    directory = audited.redacted("cedah", tmp_path / "bundle")

    releases = records_in(directory / "releases.jsonl")

    assert [release["seq"] for release in releases] == list(range(1, EVENTS // 2 + 1))
    assert {release["recipient"] for release in releases} == {"cedah"}
    assert {len(release["sections"]) for release in releases} == {2}
    assert {str(p.relative_to(directory)) for p in directory.rglob("*") if p.is_file()} == {
        "manifest", "checkpoints/log", "releases.jsonl",
    }  # fmt: skip


def test_a_recipient_of_nothing_gets_a_bundle_of_nothing(audited, key, tmp_path):
    result = verify(audited.redacted("school:900101", tmp_path / "bundle"), key)

    assert (result.ok, result.tree_size) == (True, EVENTS)


def test_a_bundle_of_nothing_at_all_verifies(tmp_path):
    empty = an_audit(a_file(tmp_path))

    result = verify(empty.full(tmp_path / "bundle"), empty.signer.vkey())

    assert (result.ok, result.tree_size, result.root) == (True, 0, chain.EMPTY_ROOT.hex())


def test_a_decision_written_twice_releases_once(audited, key, tmp_path):
    again = audited.log.reader({"decisions": 0}).read(1, 0.0)[0]
    audited.log.writer().append("decisions", [Record(key=b"k", value=again.value)])
    audited.follow()

    full, redacted = audited.full(tmp_path / "full"), audited.redacted("dafsu", tmp_path / "dafsu")

    assert verify(full, key).ok
    assert verify(redacted, key).ok


def test_an_event_appended_twice_is_two_leaves_and_still_verifies(audited, key, tmp_path):
    again = audited.log.reader({"log": 0}).read(1, 0.0)[0]
    audited.log.writer().append("log", [Record(key=b"k", value=again.value)])
    audited.follow()

    result = verify(audited.full(tmp_path / "full"), key)

    assert (result.ok, result.tree_size) == (True, EVENTS + 1)


def test_what_is_no_event_is_a_leaf_like_any_other(tmp_path):
    made = an_audit(a_file(tmp_path))
    made.publish(1)
    made.log.writer().append("log", [Record(key=b"k", value=b"poison")])
    made.log.writer().append("decisions", [Record(key=b"k", value=b'{"event_id": "record-1", "offset": 1}')])
    made.publish(3, first=2)
    made.follow()

    result = verify(made.full(tmp_path / "full"), made.signer.vkey())

    assert (result.problems, result.tree_size) == ((), 5)


# -- every byte of every file


def test_one_byte_changed_anywhere_is_found(bundle, key):
    for path in sorted(p for p in bundle.rglob("*") if p.is_file()):
        data = path.read_bytes()
        for at in {*range(0, len(data), max(1, len(data) // 60)), len(data) - 1}:
            path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            assert not verify(bundle, key).ok, f"{path.name} at {at}"
        path.write_bytes(data)
    assert verify(bundle, key).ok


def test_every_byte_of_the_signed_notes_counts(bundle, key):
    for path in [bundle / "manifest", bundle / "checkpoints" / "log"]:
        data = path.read_bytes()
        for at in range(len(data)):
            path.write_bytes(data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :])
            assert not verify(bundle, key).ok, f"{path.name} at {at}"
        path.write_bytes(data)


def test_a_byte_more_or_less_is_found(bundle, key):
    for path in sorted(p for p in bundle.rglob("*") if p.is_file()):
        data = path.read_bytes()
        for changed in (data + b"\n", data[:-1], b"\n" + data, b""):
            path.write_bytes(changed)
            assert not verify(bundle, key).ok, path.name
        path.write_bytes(data)


def test_a_missing_file_is_found_and_named(bundle, key):
    for path in sorted(p for p in bundle.rglob("*") if p.is_file()):
        data = path.read_bytes()
        path.unlink()
        result = verify(bundle, key)
        assert not result.ok
        assert any(path.name in problem for problem in result.problems)
        path.write_bytes(data)


@pytest.mark.parametrize("name", ["extra.txt", ".hidden", "checkpoints/other", "deep/er/file"])
def test_an_extra_file_is_found_and_named(bundle, key, name):
    (bundle / name).parent.mkdir(parents=True, exist_ok=True)
    (bundle / name).write_text("more")

    assert verify(bundle, key).problems == (f"{name}: extra file",)


def test_a_link_in_place_of_a_file_is_found(bundle, key, tmp_path):
    file = next(p for p in bundle.rglob("*.jsonl"))
    shutil.move(file, tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")

    assert verify(bundle, key).problems == (f"{file.name}: missing file",)


# -- a forger who holds the signing key and makes the manifest fit again


def resigned(directory: Path, signer: notes.Signer, scope: str = "full") -> Path:
    """Make the manifest fit what is in the directory now."""
    (directory / "manifest").unlink()
    files = [bundles._listed(directory, path) for path in directory.rglob("*") if path.is_file()]
    (directory / "manifest").write_text(notes.manifest(signer, scope, files))
    return directory


def drop(lines: list[bytes]) -> list[bytes]:
    return lines[:7] + lines[8:]


def drop_the_last(lines: list[bytes]) -> list[bytes]:
    return lines[:-1]


def swap(lines: list[bytes]) -> list[bytes]:
    return [*lines[:3], lines[4], lines[3], *lines[5:]]


def double(lines: list[bytes]) -> list[bytes]:
    return [*lines[:3], lines[2], *lines[3:]]


def renumbered(lines: list[bytes]) -> list[bytes]:
    records = [json.loads(line) for line in lines]
    return [json.dumps(record | {"offset": at}).encode() + b"\n" for at, record in enumerate(records)]


CHANGES: list[Callable[[list[bytes]], list[bytes]]] = [drop, drop_the_last, swap, double]


@pytest.mark.parametrize("tree", ["log", "decisions", "openings"])
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("hide", [lambda lines: lines, renumbered], ids=["plain", "renumbered"])
def test_a_changed_record_does_not_make_the_root(audited, key, tmp_path, tree, change, hide):
    directory = audited.full(tmp_path / "bundle")
    path = directory / f"{tree}.jsonl"
    path.write_bytes(b"".join(hide(change(path.read_bytes().splitlines(keepends=True)))))

    result = verify(resigned(directory, audited.signer), key)

    assert any(problem.startswith(f"{tree}: ") for problem in result.problems)


def test_an_older_checkpoint_does_not_fit_a_longer_log(audited, key, tmp_path):
    old = (audited.full(tmp_path / "old") / "checkpoints" / "log").read_bytes()
    audited.publish(1, first=EVENTS)
    audited.follow()
    directory = audited.full(tmp_path / "bundle")
    (directory / "checkpoints" / "log").write_bytes(old)

    result = verify(resigned(directory, audited.signer), key)

    assert any("do not make the root" in problem for problem in result.problems)


def test_one_tree_s_checkpoint_does_not_speak_for_another(audited, key, tmp_path):
    directory = audited.full(tmp_path / "bundle")
    shutil.copy(directory / "checkpoints" / "openings", directory / "checkpoints" / "log")

    result = verify(resigned(directory, audited.signer), key)

    assert any("not a checkpoint of `sightline/cheshire/log`" in problem for problem in result.problems)


def edited(directory: Path, name: str, change: Callable[[dict], None], *, line: int = 4) -> Path:
    path = directory / name
    records = records_in(path)
    change(records[line])
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return directory


def flipped(text: str) -> str:
    data = bytearray(base64.b64decode(text))
    data[-1] ^= 1
    return base64.b64encode(data).decode()


def change_a_section(record: dict) -> None:
    record["sections"][1]["body"] = flipped(record["sections"][1]["body"])


def change_a_proof(record: dict) -> None:
    record["sections"][1]["proof"] = flipped(record["sections"][1]["proof"])


def shorten_a_proof(record: dict) -> None:
    proof = base64.b64decode(record["sections"][1]["proof"])
    record["sections"][1]["proof"] = base64.b64encode(proof[:-32]).decode()


def take_a_section_twice(record: dict) -> None:
    record["sections"].append(record["sections"][0])


def take_another_event_s_section(record: dict) -> None:
    other = an_event(99)[0].sections[0]
    record["sections"][0] = {
        "body": base64.b64encode(other.body).decode(),
        "proof": base64.b64encode(b"".join(other.proof)).decode(),
    }


SECTION_CHANGES = [
    change_a_section, change_a_proof, shorten_a_proof, take_a_section_twice, take_another_event_s_section,
]  # fmt: skip


@pytest.mark.parametrize("change", SECTION_CHANGES)
def test_a_section_that_is_not_its_event_s_is_found_in_a_full_bundle(audited, key, tmp_path, change):
    directory = edited(audited.full(tmp_path / "bundle"), "log.jsonl", change)

    result = verify(resigned(directory, audited.signer), key)

    assert any("log.jsonl, line 5" in problem for problem in result.problems)


@pytest.mark.parametrize("change", SECTION_CHANGES)
def test_a_section_that_is_not_its_event_s_is_found_in_a_release(audited, key, tmp_path, change):
    directory = edited(audited.redacted("dafsu", tmp_path / "bundle"), "releases.jsonl", change)

    result = verify(resigned(directory, audited.signer, "as dafsu"), key)

    assert any("releases.jsonl, line 5" in problem for problem in result.problems)


def test_a_release_with_a_section_left_out_still_verifies(audited, key, tmp_path):
    directory = audited.redacted("dafsu", tmp_path / "bundle")
    edited(directory, "releases.jsonl", lambda record: record["sections"].pop())

    assert verify(resigned(directory, audited.signer, "as dafsu"), key).ok


def test_a_release_left_out_is_a_gap(audited, key, tmp_path):
    directory = audited.redacted("dafsu", tmp_path / "bundle")
    path = directory / "releases.jsonl"
    path.write_bytes(b"".join(drop(path.read_bytes().splitlines(keepends=True))))

    result = verify(resigned(directory, audited.signer, "as dafsu"), key)

    assert "releases.jsonl, line 8: expected release 8 to dafsu" in result.problems


def another_header(record: dict) -> None:
    record["header"] = base64.b64encode(an_event(98)[0].header).decode()
    record["event_id"] = "event-98"


def another_offset(record: dict) -> None:
    record["offset"] += 1


def another_recipient(record: dict) -> None:
    record["recipient"] = "cedah"


def another_event(record: dict) -> None:
    record["event_id"] = "event-98"


@pytest.mark.parametrize("change", [another_header, another_offset, another_recipient, another_event])
def test_a_release_that_the_log_does_not_bear_out_is_found(audited, key, tmp_path, change):
    directory = edited(audited.redacted("dafsu", tmp_path / "bundle"), "releases.jsonl", change)

    assert not verify(resigned(directory, audited.signer, "as dafsu"), key).ok


def test_a_decision_about_another_event_is_found(tmp_path):
    made = an_audit(a_file(tmp_path))
    made.publish(1)
    made.log.writer().append("decisions", [Record(key=b"k", value=b'{"event_id": "event-7", "offset": 0}')])
    made.follow()

    result = verify(made.full(tmp_path / "bundle"), made.signer.vkey())

    assert result.problems == (
        "decisions.jsonl, line 2: decides an event the log does not hold at that offset",
    )


# -- the key


def test_another_key_verifies_nothing(bundle):
    stranger = notes.Signer(partnership="cheshire", key=Ed25519PrivateKey.generate())

    assert verify(bundle, stranger.vkey()).problems == ("manifest: signed by another key",)


def test_the_key_of_another_partnership_verifies_nothing(audited, bundle):
    same_key = notes.Signer(partnership="dyfed-powys", key=audited.signer.key)

    assert not verify(bundle, same_key.vkey()).ok


@pytest.mark.parametrize("text", ["", "cheshire.sightline", "a+b+c", "cheshire.sightline+00000000+AQ=="])
def test_a_key_that_is_none_is_said_to_be_none(bundle, text):
    result = verify(bundle, text)

    assert not result.ok
    assert result.problems[0].startswith("key: ")


def test_a_key_file_that_is_no_text_is_said_to_be_none(bundle):
    assert verify(bundle, b"\xff\xfe\x00").problems == ("key: not text",)


def test_a_mistyped_key_is_noticed(bundle, key):
    wrong = key[:-4] + ("A" if key[-4] != "A" else "B") + key[-3:]

    assert verify(bundle, wrong).problems == ("key: not an Ed25519 verification key, or mistyped",)


# -- what the audit itself refuses, and the file on its own


def test_a_record_that_changed_since_it_was_read_makes_no_bundle(audited, tmp_path):
    kept = audited.log._topics["openings", 0]
    kept[3] = kept[3]._replace(value=b"{}")

    with pytest.raises(Tampered, match="`openings` at `3`"):
        audited.full(tmp_path / "bundle")


def test_the_verifier_imports_nothing_of_ours():
    text = Path(verifier.__file__).read_text()

    imports = {
        line.split()[1].split(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))
    }

    assert imports - set(sys.stdlib_module_names) == {"cryptography"}


def test_the_verifier_runs_on_its_own(bundle, key, tmp_path):
    alone = shutil.copy(verifier.__file__, tmp_path / "check.py")
    (tmp_path / "key").write_text(key + "\n")

    good = subprocess.run(
        [sys.executable, "-I", alone, bundle, "--key", tmp_path / "key"], capture_output=True
    )
    (bundle / "extra").touch()
    bad = subprocess.run(
        [sys.executable, "-I", alone, bundle, "--key", tmp_path / "key"], capture_output=True
    )

    assert (good.returncode, json.loads(good.stdout)["ok"]) == (0, True)
    assert (bad.returncode, json.loads(bad.stdout)["problems"]) == (1, ["extra: extra file"])


def test_the_verifier_and_the_log_agree_on_what_a_header_says():
    envelope, _ = an_event(3)

    event_id, root = verifier.decode_header(envelope.header, "here")

    assert (event_id, root) == ("event-3", _root_of(envelope.header))


def _root_of(header: bytes) -> bytes:
    from services.eventlog.codec import decode_header

    return decode_header(header).sections_root


def test_what_is_in_the_bundle_is_what_is_in_the_log(audited, tmp_path):
    directory = audited.full(tmp_path / "bundle")

    stored = audited.log.reader({"log": 0}).read(1000, 0.0)
    headers = [base64.b64decode(record["header"]) for record in records_in(directory / "log.jsonl")]

    assert headers == [decode_envelope(each.value).header for each in stored]
