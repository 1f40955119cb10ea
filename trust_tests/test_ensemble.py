"""The vote does on recorded answers what it promises: it never refuses more than its members."""

from trusteval.gate.test_ensemble import test_ensemble  # noqa: F401
