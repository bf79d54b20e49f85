"""What the door keeps: its outbox, who an incident and a person is, and the keys it makes for them."""
