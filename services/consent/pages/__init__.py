"""What people see of the gate: policies and their matrix, the ledger's lists, why an answer is so."""

from services.consent.pages.routes import TEMPLATES, router

__all__ = ["TEMPLATES", "router"]
