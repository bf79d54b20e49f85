"""The read models' tables, on SQLite and PostgreSQL (decisions 0007, 0033)."""
