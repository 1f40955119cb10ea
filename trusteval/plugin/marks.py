"""The marks of our tests, and which of them make a test ours: loaded in every pytest run."""

from __future__ import annotations

MARKS = (
    "adversarial_robustness: gates on adversarial robustness",
    "fairness: gates on fairness",
    "machine_ethics: gates on machine ethics",
    "out_of_distribution: gates on out of distribution",
    "mmlu: gates on mmlu",
    "refusal: gates on refusal",
    "stereotype: gates on stereotype",
    "adversarial_demonstrations: gates on adversarial demonstrations",
    "other: gates on other",
    "trust_gates(benchmark): one test per gate on the benchmark and subject it applies to",
    "trust_subjects: one test per subject (and benchmark) it asks for",
    "trust_ensembles: one test per ensemble and benchmark",
    "trust_results: one test per gate and result of another tool (--trust-results)",
    "trust_recording: records a subject's answers to a benchmark before gates read them",
    "trust_second_reading: lets a judge read a subject's answers again (--trust-judge)",
    "trust_sanity: looks whether a variant is whole, before anything else",
    "vote_invariant: a law every vote must obey; listed in the report",
    "vote_control: a wrong vote that a law has to reject",
)
"""The marks, as `pytest --markers` and docs/api.md tell them."""
JUDGING = (
    *("trust_gates", "trust_subjects", "trust_ensembles", "trust_results"),
    *("trust_recording", "trust_second_reading", "trust_sanity"),
)
"""The marks of tests that get subjects, gates or benchmarks from the run."""
LAW, CONTROL = "vote_invariant", "vote_control"
"""The marks of tests of the vote itself, which need no run."""
