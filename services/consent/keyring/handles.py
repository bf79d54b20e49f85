"""What an adult victim is called where one asks who was told of them (decision 0035).

No row of an inbox says it. It is given with an incident, to whom that incident is open: so publishing a name
and comparing says nothing about what is closed to who does.
"""

from services.eventlog.aliases import alias, unalias

ASKING = "asking:"
"""Set before an agency's name, so that a handle is no alias of its inbox."""


def handle(key: bytes, person: str, agency: str) -> str:
    """Return what people of an agency call somebody where they ask who was told of them."""
    return alias(key, person, "person", ASKING + agency)


def person_behind(key: bytes, text: str, agency: str) -> str | None:
    """Return whom a handle, or an alias of the agency's own inbox, stands for; None: nobody."""
    return unalias(key, text, "person", ASKING + agency) or unalias(key, text, "person", agency)
