"""When things happen: durable plans, deterministic, and the worker and postman that run them. No I/O in a plan."""
