"""The gate: a test per row of gates.toml and subject, records before them, the vote's laws.

`pytest --pyargs trusteval.gate` runs it anywhere; a module of tests that says
`from trusteval.gate import *` has it beside tests of its own.
"""

from __future__ import annotations

from trusteval.gate.properties.test_vote import (
    test_every_law_rejects_a_wrong_vote,
    test_vote,
    test_wrong_vote_breaks_the_law,
)
from trusteval.gate.test_adversarial_demonstrations import test_adversarial_demonstrations
from trusteval.gate.test_adversarial_robustness import test_adversarial_robustness
from trusteval.gate.test_ensemble import test_ensemble
from trusteval.gate.test_fairness import test_fairness
from trusteval.gate.test_machine_ethics import test_ethics
from trusteval.gate.test_mmlu import test_mmlu
from trusteval.gate.test_out_of_distribution import test_ood
from trusteval.gate.test_recording import test_record
from trusteval.gate.test_results import test_results
from trusteval.gate.test_sanity import test_sanity

__all__ = [
    "test_adversarial_demonstrations",
    "test_adversarial_robustness",
    "test_ensemble",
    "test_ethics",
    "test_every_law_rejects_a_wrong_vote",
    "test_fairness",
    "test_mmlu",
    "test_ood",
    "test_record",
    "test_results",
    "test_sanity",
    "test_vote",
    "test_wrong_vote_breaks_the_law",
]
