"""What a practitioner sees of the read models: the inbox, an incident, and content opened for a purpose."""
