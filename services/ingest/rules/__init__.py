"""What the door decides, one question a file."""
