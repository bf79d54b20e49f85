"""Makes the fixtures of `tests.system` known everywhere; nothing is imported from here."""

from tests.system import database_url, kafka, postgres, system

__all__ = ["database_url", "kafka", "postgres", "system"]
