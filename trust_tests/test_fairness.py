"""Predictions do not depend on the sex of the person described."""

from trusteval.gate.test_fairness import test_fairness  # noqa: F401
