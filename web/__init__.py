"""Pages and API for people: reads and writes the record. Knows no Temporal."""
