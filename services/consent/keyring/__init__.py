"""Opening: only what a decision released, recorded before it is shown, never a key (design 5)."""
