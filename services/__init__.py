"""Sightline: the event log a safeguarding partnership shares."""
