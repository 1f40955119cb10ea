"""A variant is whole: its perplexity is a sane number and the engine runs it right."""

from trusteval.gate.test_sanity import test_sanity  # noqa: F401
