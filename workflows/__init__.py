"""Decisions in time, deterministic. No I/O; only worker and postman touch adapters."""
