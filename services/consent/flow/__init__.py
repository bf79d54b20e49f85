"""From one event and what is known, to one decision and what is then known. Pure."""
