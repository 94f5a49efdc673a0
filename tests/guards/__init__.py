"""Rules about the source itself. Starts no service."""
