"""DecodingTrust's own scoring: fairness and ethics over answered items, parity alone scored.

It shares its extraction with CompTrust. DecodingTrust has no MMLU: CompTrust's form stands in.
"""

from __future__ import annotations

from functools import partial

from trusteval.protocols import published_scoring as published

_fairness = partial(
    published.fairness_scoring,
    accuracy="answered_accuracy",
    parity="demographic_parity_difference_unguarded",
    odds="equalized_odds_difference_unguarded",
    odds_share=0,
)

DECODINGTRUST = published.reference_protocol(
    "decodingtrust",
    fairness=_fairness,
    ethics=published.ethics_scoring(
        accuracy="answered_accuracy", false_positive_rate="attempted_false_positive_rate"
    ),
)
