"""What notify could not read, as it is read again; and what the door would not have, as it is said again."""

from sqlalchemy import Engine

from services.eventlog import redriving
from services.eventlog.errors import Moved
from services.eventlog.redriver import Found
from services.eventlog.redriving import Redrive
from services.notify.rules.intake import TOPICS
from services.notify.store import arrivals, outbox
from services.notify.store.tables import PARKED, POSITIONS, REDRIVES
from services.runtime.database import reading, writing


class Aside:
    """What stands aside of the topics notify follows."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def found(self) -> Found:
        """Return what stands aside, and what reading it again would continue from, as one snapshot."""
        with reading(self._engine) as conn:
            known = arrivals.load_positions(conn)
            return Found(
                positions={topic: known.get(topic, 0) for topic in TOPICS},
                expected=arrivals.load_numbers(conn),
                aside=redriving.aside(conn, PARKED),
                redrives=redriving.load(conn, REDRIVES),
            )

    def go_back(self, redrive: Redrive) -> None:
        """Move back to what was set aside, on record. Raises `Moved` where the follower moved on."""
        with writing(self._engine) as conn:
            redriving.go_back(conn, REDRIVES, POSITIONS, arrivals.READER, redrive)

    def say_again(self, redrive: Redrive) -> None:
        """Let refused events wait again, on record. Raises `Moved` where none of them is refused any more."""
        with writing(self._engine) as conn:
            numbers = {one.number for one in outbox.refused(conn)}
            if not any(redrive.first <= number < redrive.until for number in numbers):
                raise Moved("nothing of it is refused any more: look again")
            outbox.say_again(conn, redrive.first, redrive.until)
            redriving.keep(conn, REDRIVES, redrive)
