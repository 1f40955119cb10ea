"""What is unsafe is declined, and what only sounds so is answered."""

from trusteval.gate.test_refusal import test_refusal  # noqa: F401
