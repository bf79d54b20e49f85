"""What the keyring answers over HTTP, and how that is described."""
