"""Run the audit service: follow the record, sign its heads, answer for it."""

from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from services.audit.api import add_routes
from services.audit.rules.notes import Signer
from services.audit.store.bundles import Bundles
from services.audit.store.leaves import Store
from services.audit.store.trees import Trees
from services.audit.worker import Worker
from services.eventlog import topics
from services.eventlog.access import Access
from services.eventlog.reader import KafkaReader
from services.eventlog.writer import KafkaWriter
from services.runtime import telemetry
from services.runtime.database import engine_for
from services.runtime.identity import Verifier
from services.runtime.partnership import Partnership
from services.runtime.settings import Settings
from services.runtime.web import Standing, create_app, serve

SERVICE = "audit"


def main() -> None:
    """Wire the service and run it until it is told to stop."""
    settings = Settings.load()
    telemetry.setup(SERVICE, settings)
    partnership = Partnership.load(settings.partnership)
    access = Access.of(settings, SERVICE)

    def open_log(starts: Mapping[str, int]) -> KafkaReader:
        return KafkaReader(access, starts, partnership.partition)

    signer = Signer(partnership=partnership.name, key=_key(settings))
    store = Store(engine_for(SERVICE, settings))
    trees = Trees(store, signer, KafkaWriter(access))
    worker = Worker(trees, open_log)

    def standing() -> Standing:
        read, ends = worker.positions, worker.ends()
        behind = sum(ends.values()) - sum(read.values())
        return Standing(service=SERVICE, behind=behind, pending=0, ends=ends, positions=read)

    app = create_app("Sightline audit", settings, ready=lambda: worker.has_read, standing=standing)
    add_routes(
        app,
        trees=trees,
        bundles=Bundles(trees, store, signer, open_log),
        signer=signer,
        callers=Verifier(partnership, settings.credentials),
        partnership=partnership,
        scratch=settings.data / "tmp",
        reader=open_log({}),
        topics=topics.names(partnership),
    )
    serve(app, settings, worker.run)


def _key(settings: Settings) -> Ed25519PrivateKey:
    key = load_pem_private_key((settings.credentials / SERVICE / "key.pem").read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("the audit's key is not Ed25519: make one with sightline up")
    return key


if __name__ == "__main__":
    main()
