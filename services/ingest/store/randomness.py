"""Unpredictable bytes, fetched many at a time: sealing one VPA asks for some eighty little pieces."""

from secrets import token_bytes

FETCHED = 64 * 1024


class Randomness:
    """Give out the operating system's random bytes, each once. Used by one thread at a time."""

    def __init__(self) -> None:
        self._bytes = b""
        self._at = 0

    def __call__(self, count: int) -> bytes:
        """Return so many bytes."""
        if self._at + count > len(self._bytes):
            self._bytes, self._at = token_bytes(FETCHED), 0
        start, self._at = self._at, self._at + count
        return self._bytes[start : self._at]

    def shuffle(self, leaves: list[int]) -> None:
        """Reorder a list in place, unpredictably."""
        leaves.sort(key=lambda _: self(16))
