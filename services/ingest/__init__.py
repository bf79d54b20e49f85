"""The door: authenticates, checks, seals, keeps and appends what agencies publish (design 4)."""
