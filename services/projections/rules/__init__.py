"""What a reader of releases may conclude from them: pure, one policy a file."""
