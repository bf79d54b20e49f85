"""The door's own hands: what appends the outbox to the log, and what says that time has passed."""
