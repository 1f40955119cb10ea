"""What other tools recorded keeps the rows of a gates file."""

from trusteval.gate.test_results import test_results  # noqa: F401
