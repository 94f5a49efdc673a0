"""How hypothesis runs the unit tests: against no clock, for a busy machine would fail what is right."""

from hypothesis import HealthCheck, settings

settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")
