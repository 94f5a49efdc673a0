"""Servers that come as Python wheels and run on this machine, for demo and tests. Loopback only; not for real use."""
