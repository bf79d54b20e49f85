"""Reading what a publisher sent, strictly: every fault at once, and nothing let through that is not named."""
