"""The gate and the keyring: who may see what, on what ground, and opening only that (design 2, 5)."""
