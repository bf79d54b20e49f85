"""What schools and officers ask of notify: `routes` say who may, `shown` what the answers hold."""
