"""The fixtures' names for who filters warnings: `trusteval.pytest_fixtures.GateWarning`."""

from trusteval.plugin.fixtures import GateWarning

__all__ = ["GateWarning"]
