"""What can go wrong with the log, in one family.

LogError
├── Unavailable         the log cannot be reached or did not answer in time; assume nothing was written
│   └── Forbidden       this certificate may not use that topic; waiting will not help
├── OffsetGone          the log does not hold the offset asked for: stop, never skip
├── Moved               somebody else advanced the position: discard what is in memory and reload
├── Undecodable         bytes that are not what their schema says
├── UnknownSchema       a schema, section or event type that no catalogue names
├── Misdescribed        a schema file that may not be used: unlabelled section, no publishers, a clash
├── Tampered            a section that does not match its commitment, its key or its root
├── KeyMissing          no key for that person: never made, or destroyed
├── TooManySections     more sections than one event may carry
└── TooLarge            a record larger than the log takes
"""


class LogError(Exception):
    """Stand at the root of everything the log raises."""


class Unavailable(LogError):
    """Say that the log did not answer: assume nothing was written, and try again."""


class Forbidden(Unavailable):
    """Say that this certificate may not read or write the topic: have it granted, then restart."""


class OffsetGone(LogError):
    """Say that an offset is outside what the topic holds: stop and have the topic looked at."""


class Moved(LogError):
    """Say that a position was advanced by another worker: discard memory and reload."""


class Undecodable(LogError):
    """Say that bytes are not what their schema promises."""


class UnknownSchema(LogError):
    """Say that no catalogue names this schema, section or event type."""


class Misdescribed(LogError):
    """Say that a schema file may not be used as it stands, and why."""


class Tampered(LogError):
    """Say that a section does not match its commitment, its key or its root."""


class KeyMissing(LogError):
    """Say that there is no key for a person: none was made, or it was destroyed."""


class TooManySections(LogError):
    """Say that an event carries more sections than its padded root can hold."""


class TooLarge(LogError):
    """Say that a record is larger than the log takes: nothing of that append was sent."""
