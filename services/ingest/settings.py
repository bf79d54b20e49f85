"""What the door allows and how long it waits. Numbers with a consequence, named once."""

from datetime import timedelta
from typing import Final

BATCH_LIMIT: Final = 100
"""Events in one request."""

DEPTH_LIMIT: Final = 32
"""Nesting of one request's JSON."""

ID_LENGTH: Final = 200
"""Characters of a publisher's own id or reference."""

POLICY_LENGTH: Final = 262_144
"""Characters of a policy's text: it travels whole in one event."""

SECTION_LIMIT: Final = 64
"""Sections of one event, routing and facts included: the largest padded root (design 3)."""

TEXT_LENGTH: Final = 1_000
"""Characters of a text whose schema sets no length of its own."""

SKEW: Final = timedelta(minutes=5)
"""How far a publisher's clock may run ahead of ours."""

ABSURD: Final = timedelta(days=1)
"""Further ahead than this nothing is believed, however urgent."""

ACK_SECONDS: Final = 20.0
"""How long a publisher waits for the log before it is asked to come back."""

APPEND_AT_ONCE: Final = 1_000
"""Outbox rows appended together, in order."""

APPEND_BYTES: Final = 16 * 1024 * 1024
"""Sealed bytes appended together."""

BATCHES_AT_ONCE: Final = 24
"""Requests inside the door; one more is asked to come back."""

REHEARSALS_AT_ONCE: Final = 2
"""Requests of sandboxes inside the door, beside the others: no publisher's place is taken by them."""

POLL_SECONDS: Final = 0.01
"""How often the ticker looks at a simulated clock."""

TICK_SECONDS: Final = 0.5
"""How often the ticker looks at a real one."""

PROBE_SECONDS: Final = 10.0
"""How long the door waits, once the log's clock disagreed, before it asks with one more row."""

STAMP_TOLERANCE: Final = timedelta(seconds=2)
"""How far the log's own timestamp may lie outside sending and acknowledgement (design 2)."""
