"""Items that two runs answered otherwise, or that earned less or more, and where answers moved."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from trusteval.answers.table import Flags
from trusteval.metrics.metric import Metric
from trusteval.printable import shortened
from trusteval.results.measuring import answer_of, earned, standings_of
from trusteval.results.pairing import Paired, item_name
from trusteval.results.tool_run import Item
from trusteval.stats.composition import Moves
from trusteval.tracking.flips import Flip
from trusteval.tracking.items import shown_answer

_TEXT = 60
"""How much of a response a flip shows."""


def knows_answers(paired: Paired) -> bool:
    """Whether both runs recorded what was said to each item, not only what it earned."""
    return all(item.responses for item in (*paired.before, *paired.after))


def answered_otherwise(metric: Metric, paired: Paired) -> Flags:
    """Tell the items that were answered otherwise, or earned otherwise where only that is known."""
    pairs = zip(paired.before, paired.after, strict=True)
    said = np.array([one.responses != other.responses for one, other in pairs], np.bool_)
    moved: Flags = earned(metric, paired.before) != earned(metric, paired.after)
    return moved | said


def flips_of(metric: Metric, paired: Paired) -> Iterator[Flip]:
    """Yield the items that earned otherwise; `lost` are those that are worse now."""
    change = earned(metric, paired.after) - earned(metric, paired.before)
    for place in np.flatnonzero(change).tolist():
        old, new = paired.before[place], paired.after[place]
        yield Flip(
            id=item_name(new),
            text=" ".join(new.text.split()),
            target=new.target,
            before=_shown(metric, old),
            after=_shown(metric, new),
            lost=bool(change[place] < 0) is metric.is_better_high,
        )


def moves_of(metric: Metric, paired: Paired) -> Moves | None:
    """Return how answers moved between standings, None where one of them was not read."""
    before, after = (standings_of(metric, items) for items in (paired.before, paired.after))
    if before is None or after is None:
        return None
    return Moves(before, after, np.arange(len(before)))


def _shown(metric: Metric, item: Item) -> str:
    """Word what an item was answered: as our reader read it, else as it was said, else earned."""
    if (answer := answer_of(item)) is not None:
        return shown_answer(answer)
    if item.responses:
        return repr(shortened(item.responses[0], most=_TEXT))
    return f"{metric.name} {item.earned[metric.name]:g}"
