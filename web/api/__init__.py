"""The JSON API under /api/v1, a module for each thing asked about. Routes parse, call one deed or read, and answer."""
