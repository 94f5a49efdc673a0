"""The pure domain, without a database or a clock."""
