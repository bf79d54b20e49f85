"""What databases are asked, statement by statement: how a test sees that two answers cost the same work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Engine, event

T = TypeVar("T")


def asked_for(answer: Callable[[], T]) -> tuple[T, list[str]]:
    """Return what is answered and the statements it took, in order, asked once before that is not counted."""
    answer()
    with statements() as heard:
        return answer(), heard


@contextmanager
def statements() -> Iterator[list[str]]:
    """Hear every statement that any database of this process is asked, while the block runs."""
    heard: list[str] = []

    def hear(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        heard.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
