"""Is the vote lawful? Every law over generated ballots, and every wrong vote caught by one."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from trusteval.answers.voting import vote
from trusteval.gate.properties.laws import LAWS
from trusteval.gate.properties.mutants import MUTANTS


@pytest.mark.vote_invariant
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_vote(law):
    """The vote keeps the law."""

    # Whatever profile the project has: a slow machine breaks no law. No database: the folder may be
    # read-only, and what fails is shrunk and shown.
    @settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(LAWS[law])
    def keeps_law(arguments):
        law(vote, *arguments)

    keeps_law()


@pytest.mark.vote_control
@pytest.mark.parametrize(
    ("mutant", "law"), MUTANTS.items(), ids=[mutant.__name__ for mutant in MUTANTS]
)
def test_wrong_vote_breaks_the_law(mutant, law):
    """A vote that is wrong in this way is rejected."""

    # The same examples every time, and no shrinking: one counterexample is enough.
    @settings(
        max_examples=300,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(LAWS[law])
    def keeps_law(arguments):
        law(mutant, *arguments)

    with pytest.raises((AssertionError, pytest.fail.Exception)):
        keeps_law()


@pytest.mark.vote_control
def test_every_law_rejects_a_wrong_vote():
    """No law is one that cannot fail."""
    assert set(MUTANTS.values()) == set(LAWS)
