"""The audit on a real broker, under its own certificate."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.audit.rules.notes import Signer
from services.audit.store.bundles import Bundles
from services.audit.store.leaves import Store
from services.audit.store.trees import Trees
from services.audit.verifier import verify
from services.audit.worker import Worker
from services.eventlog.errors import Forbidden
from services.eventlog.reader import KafkaReader
from services.eventlog.records import Record
from services.eventlog.writer import KafkaWriter
from services.runtime.database import engine_at
from tests.audit_builders import a_file, records
from tests.system import KafkaSystem, eventually, own_kafka

EVENTS = 25


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaSystem]:
    with own_kafka(tmp_path_factory.mktemp("audited")) as system:
        KafkaWriter(system.admin).append_many(records(EVENTS))
        yield system


def test_what_a_broker_keeps_is_followed_exported_and_verified(broker, tmp_path: Path):
    signer = Signer(partnership="cheshire", key=Ed25519PrivateKey.generate())
    store = Store(engine_at(a_file(tmp_path)))
    trees = Trees(store, signer, KafkaWriter(broker.access("audit")))

    def open_log(starts: Mapping[str, int]) -> KafkaReader:
        return KafkaReader(broker.access("audit"), starts)

    worker = Worker(trees, open_log)
    eventually(lambda: worker.step(0.2) == 0 and worker.positions == worker.ends())
    for name, write in {"full": Bundles.full, "dafsu": lambda b, d: b.of("dafsu", d)}.items():
        (tmp_path / name).mkdir()
        write(Bundles(trees, store, signer, open_log), tmp_path / name)
        result = verify(tmp_path / name, signer.vkey())
        assert (result.problems, result.tree_size) == ((), EVENTS)


@pytest.mark.parametrize("topic", ["log", "decisions", "openings", "to.dafsu"])
def test_the_audit_may_not_write_what_it_proves(broker, topic):
    with pytest.raises(Forbidden):
        KafkaWriter(broker.access("audit")).append(topic, [Record(key=b"k", value=b"forged")])
