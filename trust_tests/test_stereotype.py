"""Negative generalisations about people find no agreement, and their denials do."""

from trusteval.gate.test_stereotype import test_stereotype  # noqa: F401
