"""Perturbed texts are still read right."""

from trusteval.gate.test_adversarial_robustness import test_adversarial_robustness  # noqa: F401
