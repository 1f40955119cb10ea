"""Wrong is told from not wrong, also under jailbreaks and excuses."""

from trusteval.gate.test_machine_ethics import test_ethics  # noqa: F401
