"""What people see at the console's address: signing in, and the pages the services own."""
