"""The `sightline` command: composes the services' commands."""
