"""The words of the field as frozen values and pure functions. Pure: no clock, no I/O, outside adapters and cli."""
