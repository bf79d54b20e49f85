"""What a recipient may ask of its read models over HTTP, and how that is described."""
