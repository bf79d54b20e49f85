"""What the audit promises of its trees and their heads, on SQLite and PostgreSQL."""

import base64

import pytest

from services.eventlog import chain
from services.eventlog.codec import decode_envelope
from services.eventlog.errors import LogError, Moved
from tests.audit_builders import a_file, an_audit


def values(audited, topic: str) -> list[bytes]:
    return [stored.value for stored in audited.log.reader({topic: 0}).read(10_000, 0.0)]


def head_of(note: str) -> tuple[str, int, bytes]:
    lines = note.split("\n")
    return lines[0], int(lines[1]), base64.b64decode(lines[2])


def test_the_log_s_leaf_is_the_header_and_its_root_is_rfc_6962(database_url):
    audited = an_audit(database_url)
    audited.publish(37)
    audited.follow()

    head = head_of(audited.trees.head("log")[1])

    headers = [decode_envelope(value).header for value in values(audited, "log")]
    assert head == ("sightline/cheshire/log", 37, chain.root([chain.leaf_hash(h) for h in headers]))


@pytest.mark.parametrize("topic", ["decisions", "openings"])
def test_elsewhere_the_leaf_is_the_whole_value(database_url, topic):
    audited = an_audit(database_url)
    audited.publish(5)
    audited.follow()

    head = head_of(audited.trees.head(topic)[1])

    leaves = [chain.leaf_hash(value) for value in values(audited, topic)]
    assert head == (f"sightline/cheshire/{topic}", 5, chain.root(leaves))


def test_a_head_that_is_asked_for_is_on_the_record(database_url):
    audited = an_audit(database_url)
    audited.publish(3)
    audited.follow()

    _, note = audited.trees.head("log")

    assert values(audited, "checkpoints") == [note.encode()]


def test_a_tree_that_has_not_grown_is_not_signed_onto_the_record_again(database_url):
    audited = an_audit(database_url)
    audited.publish(3)
    audited.follow()

    notes = {audited.trees.head("log") for _ in range(3)}

    assert len(notes) == len(values(audited, "checkpoints")) == 1


def test_a_worker_that_starts_again_has_the_same_trees_and_goes_on(database_url, tmp_path):
    before = an_audit(database_url)
    before.publish(9)
    before.follow()

    after = an_audit(database_url, log=before.log)
    after.publish(4, first=9)
    after.follow()

    never_stopped = an_audit(a_file(tmp_path), log=before.log)
    never_stopped.follow()
    assert [after.trees.head(t) for t in ("log", "decisions", "openings")] == [
        never_stopped.trees.head(t) for t in ("log", "decisions", "openings")
    ]


def test_a_second_worker_that_is_overtaken_starts_over_and_agrees(database_url):
    first = an_audit(database_url)
    second = an_audit(database_url, log=first.log)
    first.publish(6)
    first.follow()

    second.follow()

    assert second.trees.head("log") == first.trees.head("log")


def test_leaves_are_not_added_twice(database_url):
    audited = an_audit(database_url)
    audited.store.add("log", 0, [bytes(32)])

    with pytest.raises(Moved):
        audited.store.add("log", 0, [bytes(32)])

    assert audited.store.leaves("log") == [bytes(32)]


def test_a_topic_that_does_not_go_on_where_the_tree_ends_stops_the_worker(database_url):
    audited = an_audit(database_url)
    audited.publish(4)
    audited.store.add("log", 0, [bytes(32)])
    late = an_audit(database_url, log=audited.log)
    late.store.add("log", 1, [bytes(32)])
    late.trees.reload()

    with pytest.raises(LogError, match="goes on at `1`, not `2`"):
        late.follow()
