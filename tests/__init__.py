"""Everything that holds this service to its word. No mocks of our own code."""
