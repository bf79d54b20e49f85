"""What systems ask at the console's address: every path goes to the service that owns it."""
