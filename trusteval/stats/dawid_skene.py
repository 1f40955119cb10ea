"""Labels by Dawid and Skene's (1979) model of members that err independently: crowd-kit's EM.

An optional reference, as members of an ensemble do not err independently.
"""

from __future__ import annotations

from warnings import catch_warnings, simplefilter

import numpy as np

from trusteval.stats.design import Codes
from trusteval.stats.weighted_vote import NO_BALLOT

_ROUNDS = 100


def dawid_skene(ballots: Codes) -> Codes:
    """Return the likeliest label per row, -1 where nobody votes; `ballots` as in `weighted_vote`.

    At most 100 rounds from the majority on. Raises ImportError without crowd-kit
    (`trusteval[rivals]`).
    """
    from crowdkit.aggregation import DawidSkene
    from pandas import DataFrame

    rows, members = np.nonzero(ballots >= 0)
    labels = np.full(len(ballots), NO_BALLOT)
    if len(rows):
        votes = DataFrame({"task": rows, "worker": members, "label": ballots[rows, members]})
        with catch_warnings():
            simplefilter("ignore", DeprecationWarning)  # of pandas, about crowd-kit's use of it
            found = DawidSkene(n_iter=_ROUNDS).fit_predict(votes)
        labels[found.index.to_numpy()] = found.to_numpy()
    return labels
