"""Every page of notify, for the console to compose."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter

from services.notify.pages import calling, office, school
from services.notify.pages.desk import Desk

TEMPLATES: Final = Path(__file__).parents[1] / "templates"


def router(desk: Desk) -> APIRouter:
    """Return the routes of every page."""
    routes = APIRouter()
    routes.include_router(school.router(desk))
    routes.include_router(office.router(desk))
    routes.include_router(calling.router(desk))
    return routes
