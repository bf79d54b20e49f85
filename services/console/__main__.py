"""Wires the console: `python -m services.console` serves the API, the pages and what they load."""

import os
import sys

from fastapi import FastAPI

from services.consent import pages as consent_pages
from services.console.api import document, passing, standings, whole
from services.console.pages import assets, interface, operations, sign_in, troubles
from services.console.pages.desk import Desk
from services.console.pages.rendering import Pages
from services.console.pages.sessions import Sessions
from services.notify import pages as notify_pages
from services.projections.pages import routes as projections_pages
from services.runtime import telemetry
from services.runtime.clock import SystemClock, clock_for
from services.runtime.identity import Verifier
from services.runtime.partnership import Partnership
from services.runtime.settings import Settings
from services.runtime.web import Standing, create_app, serve

NAME = "console"
KEY_BYTES = 32


def app_of(settings: Settings) -> FastAPI:
    """Return the console. Raises NotADemonstration and AssetsMissing rather than start half."""
    sign_in.require_demonstration(settings)
    partnership = Partnership.load(settings.partnership)
    http = passing.client()
    desk = Desk(
        settings=settings,
        partnership=partnership,
        sessions=Sessions(now=SystemClock().now, key=os.urandom(KEY_BYTES)),
        pages=Pages(
            {
                "consent": consent_pages.TEMPLATES,
                "projections": projections_pages.TEMPLATES,
                "notify": notify_pages.TEMPLATES,
            }
        ),
        http=http,
        clock=clock_for(settings),
    )
    app = create_app("Sightline", settings, ready=lambda: True, standing=_standing)
    app.include_router(assets.router(assets.load()))
    app.include_router(sign_in.router(desk, partnership))
    app.include_router(operations.router(desk, settings, http))
    app.include_router(interface.router(desk, settings, http))
    app.include_router(projections_pages.router(desk))
    app.include_router(notify_pages.router(desk))
    app.include_router(consent_pages.router(desk))
    app.include_router(standings.router(settings, http, Verifier(partnership, settings.credentials)))
    app.include_router(passing.router(settings, http))
    document.install(app, settings, http)
    whole.install(app, settings, http)
    troubles.install(app, desk)
    return app


def _standing() -> Standing:
    return Standing(service=NAME, behind=0, pending=0)


def main() -> int:
    """Serve until told to stop."""
    settings = Settings.load()
    telemetry.setup(NAME, settings)
    try:
        app = app_of(settings)
    except (sign_in.NotADemonstration, assets.AssetsMissing) as error:
        print(error, file=sys.stderr)
        return 1
    serve(app, settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
