"""Effects of the plan on the record: idempotent, one transaction each, safe to retry for ever. No business rules."""
