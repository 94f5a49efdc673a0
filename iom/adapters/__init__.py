"""The outside world: PostgreSQL, mail, settings, Temporal. Holds no decisions."""
