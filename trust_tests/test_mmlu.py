"""General knowledge survives compression."""

from trusteval.gate.test_mmlu import test_mmlu  # noqa: F401
