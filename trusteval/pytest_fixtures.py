"""The fixtures' name for who filters warnings: `trusteval.pytest_fixtures.GateWarning`."""

from trusteval.plugin.gate_warning import GateWarning

__all__ = ["GateWarning"]
