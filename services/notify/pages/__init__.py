"""What people see: `school` its own messages, `office` the calls to make and the children of no school."""

from services.notify.pages.routes import TEMPLATES, router

__all__ = ["TEMPLATES", "router"]
