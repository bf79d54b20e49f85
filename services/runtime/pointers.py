"""Places in what somebody sent, as JSON pointers (RFC 6901)."""


def pointer(*path: str | int) -> str:
    """Return the JSON pointer of a place, by the names and numbers that lead to it; empty: the whole."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
