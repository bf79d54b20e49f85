"""`python -m services.synthetic mailroom`: the mail servers of the demo's schools."""

import signal
import sys

from services.runtime.settings import Settings
from services.synthetic.mailroom import listening

ROOMS = ("mailroom",)


def main(arguments: list[str]) -> int:
    """Run one room until it is told to stop."""
    if arguments != ["mailroom"]:
        print(f"say which room: {', '.join(ROOMS)}", file=sys.stderr)
        return 2
    settings = Settings.load()
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    controller = listening(settings.smtp, settings.data / "mail")
    signal.sigwait(signals)
    controller.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
