"""Whole stories of a case in skipped time, on real PostgreSQL, Temporal and SMTP."""
