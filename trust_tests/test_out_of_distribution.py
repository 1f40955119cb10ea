"""Unusual styles and questions beyond the training data are handled."""

from trusteval.gate.test_out_of_distribution import test_ood  # noqa: F401
