"""What any process needs: settings, clock, telemetry, database, web, identity, broker, processes."""
