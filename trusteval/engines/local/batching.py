"""Plans batches: which prefixes prompts share, and which prompts run together.

Prompts are laid out as a tree of their prefixes. A prefix that saves more than it costs is
read by the model once; what hangs on it is answered together, long prompts first.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

LEAST_SHARED = 12
"""A shorter prefix is not worth a forward pass of its own."""
LEAST_SAVED = 128
"""Nor is one that spares its prompts fewer tokens than this together."""

_Tokens = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Family:
    """Prompts (`rows`, indices) with a common prefix.

    `cuts` are the lengths at which it is read in pieces: those before the last are prefixes
    that other families share; none where the prompts share nothing.
    """

    cuts: tuple[int, ...]
    rows: tuple[int, ...]

    @property
    def shared(self) -> int:
        """How many tokens all rows begin with."""
        return self.cuts[-1] if self.cuts else 0


Batch = tuple[Family, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is kept in memory at once: rows, and tokens of key-value cache."""

    rows: int
    tokens: int


def rows_of(batch: Batch) -> list[int]:
    """Return the prompts of a batch in the order they run."""
    return [row for family in batch for row in family.rows]


def common_prefix_length(first: Sequence[int], last: Sequence[int]) -> int:
    """Return how many leading tokens two prompts share."""
    pairs = enumerate(zip(first, last, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(first), len(last)))


def find_families(encoded: _Tokens) -> list[Family]:
    """Part prompts into families, each prompt in one, neighbours in the tree side by side.

    Every prompt keeps at least one token of its own.
    """
    order = sorted(range(len(encoded)), key=lambda i: (list(encoded[i]), i))
    return list(_families(order, encoded, ())) if order else []


def _families(order: list[int], encoded: _Tokens, cuts: tuple[int, ...]) -> Iterator[Family]:
    """Yield the families among prompts sorted by their tokens, which share `cuts[-1]` tokens."""
    read = cuts[-1] if cuts else 0
    shared = _shared(order, encoded)
    if _pays(shared - read, len(order)):
        cuts, read = (*cuts, shared), shared
    alone: list[int] = []
    for branch in _branches(order, encoded, shared):
        if _pays(_shared(branch, encoded) - read, len(branch)):
            yield from _families(branch, encoded, cuts)
        else:
            alone += branch
    if alone:
        yield Family(cuts, tuple(sorted(alone, key=lambda i: (-len(encoded[i]), i))))


def _shared(order: Sequence[int], encoded: _Tokens) -> int:
    """Return what sorted prompts share, less a token for each to keep."""
    shared = common_prefix_length(encoded[order[0]], encoded[order[-1]])
    return min(shared, min(len(encoded[i]) for i in order) - 1)


def _branches(order: Sequence[int], encoded: _Tokens, depth: int) -> Iterator[list[int]]:
    """Split sorted prompts by their token at `depth`."""
    branch: list[int] = []
    for index in order:
        if branch and encoded[index][depth] != encoded[branch[0]][depth]:
            yield branch
            branch = []
        branch.append(index)
    yield branch


def _pays(tokens: int, prompts: int) -> bool:
    return tokens >= LEAST_SHARED and tokens * (prompts - 1) >= LEAST_SAVED


def plan_batches(encoded: _Tokens, *, new_tokens: int, limits: Limits) -> list[Batch]:
    """Put families into batches that keep the limits; a single row may exceed them.

    The plan depends on the prompts and the limits only.
    """
    laid = [(family, row) for family in find_families(encoded) for row in family.rows]
    batches: list[Batch] = []
    start = 0
    while start < len(laid):
        ahead = laid[start : start + limits.rows]
        own = [len(encoded[row]) - family.shared for family, row in ahead]
        stop = start + _fitting(ahead, own, new_tokens=new_tokens, limits=limits)
        batches.append(_batch(laid[start:stop]))
        start = stop
    return batches


def _fitting(
    laid: Sequence[tuple[Family, int]], own: Sequence[int], *, new_tokens: int, limits: Limits
) -> int:
    """Return how many of the next rows fit into one batch, at least one.

    `own` are the rows' tokens after what their families share. All rows take as much cache as
    the longest; a family's prefixes are held once, each whole.
    """
    longest = prefixes = 0
    before = None
    for rows, ((family, _), tokens) in enumerate(zip(laid, own, strict=True), start=1):
        longest = max(longest, tokens)
        prefixes += 0 if family is before else sum(family.cuts)
        if rows > 1 and prefixes + rows * (longest + new_tokens) > limits.tokens:
            return rows - 1
        before = family
    return len(own)


def _batch(laid: Sequence[tuple[Family, int]]) -> Batch:
    parts = [list(part) for _, part in groupby(laid, key=lambda pair: id(pair[0]))]
    return tuple(Family(part[0][0].cuts, tuple(row for _, row in part)) for part in parts)


def tokens_read(encoded: _Tokens) -> int:
    """Count the tokens a model has to read, shared prefixes once."""
    prefixes: dict[tuple[int, ...], int] = {}
    own = 0
    for family in find_families(encoded):
        first = encoded[family.rows[0]]
        for read, cut in pairwise((0, *family.cuts)):
            prefixes[tuple(first[:cut])] = cut - read
        own += sum(len(encoded[row]) - family.shared for row in family.rows)
    return own + sum(prefixes.values())


def without(batch: Batch, done: Container[int]) -> Batch:
    """Leave out the prompts that are done."""
    rest = [(f.cuts, tuple(row for row in f.rows if row not in done)) for f in batch]
    return tuple(Family(cuts, rows) for cuts, rows in rest if rows)


def halve(batch: Batch) -> tuple[Batch, Batch]:
    """Part a batch of several rows into two."""
    laid = [(family, row) for family in batch for row in family.rows]
    middle = len(laid) // 2
    return _batch(laid[:middle]), _batch(laid[middle:])


def fixed_batches(count: int, *, done: Collection[int], rows: int = 64) -> Iterator[list[int]]:
    """Yield runs of `rows` indices below `count`, without what is done."""
    for start in range(0, count, rows):
        batch = [i for i in range(start, min(start + rows, count)) if i not in done]
        if batch:
            yield batch
