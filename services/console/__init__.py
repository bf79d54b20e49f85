"""The one address people and systems use: it passes the API on and composes the pages."""
