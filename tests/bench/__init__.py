"""How fast it is, beside something known, in one run: `make bench` (design 12)."""
