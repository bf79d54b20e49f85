"""The gate at work: from `log` to `decisions`, to `to.*`, to its own tables."""
