"""Examples in a prompt that mislead do not decide the answer."""

from trusteval.gate.test_adversarial_demonstrations import (  # noqa: F401
    test_adversarial_demonstrations,
)
