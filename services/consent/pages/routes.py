"""Every page of consent, for the console to compose."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter

from services.consent.pages import catalogue, explanation, ledger, policy, sampling, today
from services.consent.pages.desk import Desk

TEMPLATES: Final = Path(__file__).parents[1] / "templates"


def router(desk: Desk) -> APIRouter:
    """Return the routes of every page."""
    routes = APIRouter()
    routes.include_router(today.router(desk))
    routes.include_router(policy.router(desk))
    routes.include_router(catalogue.router(desk))
    routes.include_router(ledger.router(desk))
    routes.include_router(sampling.router(desk))
    routes.include_router(explanation.router(desk))
    return routes
