"""What the words mean: the standard library only, pure, imported by everyone and importing nobody."""
