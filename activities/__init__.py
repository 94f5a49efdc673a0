"""Effects: one transaction or one letter each, safe to retry for ever. No business rules."""
