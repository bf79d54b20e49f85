"""What a checkpoint, a proof and a bundle are. Pure."""
