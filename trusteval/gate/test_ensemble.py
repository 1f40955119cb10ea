"""The vote does on recorded answers what it promises: it never refuses more than its members."""

import pytest

from trusteval.types import Label, RefusalPolicy


@pytest.mark.trust_ensembles
def test_ensemble(ensemble, benchmark_name, trust_evaluation):
    """Where refusals are dropped, an ensemble answers whatever any member answers."""
    voted = trust_evaluation.judged(ensemble, benchmark_name)
    members = [trust_evaluation.judged(member, benchmark_name) for member in ensemble.members]
    scored = 0
    for decision, *ballots in zip(voted, *members, strict=True):
        if decision.sample.setting.refusal_policy is not RefusalPolicy.DROP:
            continue
        scored += 1
        labels = [judged.answer for judged in ballots if isinstance(judged.answer, Label)]
        assert (decision.answer in labels) == bool(labels), (decision, ballots)
    if not scored:
        pytest.skip(f"{benchmark_name} keeps refusals in every setting")
