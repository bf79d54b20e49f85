"""The log: what is written, how it is sealed, and how it is read back."""
