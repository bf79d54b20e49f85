"""What is known about incidents and people, and how an event changes it. Pure."""
