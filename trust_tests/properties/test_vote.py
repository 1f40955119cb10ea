"""Is the vote lawful? Every law over generated ballots, and every wrong vote caught by one."""

from trusteval.gate.properties.test_vote import (  # noqa: F401
    test_every_law_rejects_a_wrong_vote,
    test_vote,
    test_wrong_vote_breaks_the_law,
)
