"""Plans batches: which tokens every prompt shares, and which prompts run together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

MOST_ROWS = 64


def common_prefix_length(sequences: Sequence[Sequence[int]]) -> int:
    """Return how many leading tokens all sequences share, leaving each at least one of its own."""
    if not sequences:
        return 0
    # The lexicographic extremes share what all share.
    first, last = min(map(list, sequences)), max(map(list, sequences))
    shared = next(
        (i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b),
        min(len(first), len(last)),
    )
    return min(shared, min(map(len, sequences)) - 1)


def plan_batches(
    lengths: Sequence[int], *, shared: int, new_tokens: int, budget: int, padding: bool = True
) -> list[list[int]]:
    """Group indices of similar length, longest first.

    `lengths` are each prompt's own tokens after the `shared` ones. A batch holds at most
    MOST_ROWS rows and `budget` tokens of cache (rows x (shared + longest + new)); a single row
    may exceed it. Without `padding` only equal lengths go together.
    """
    batches: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        if batches:
            current = batches[-1]
            longest = lengths[current[0]]
            rows = len(current) + 1
            fits = rows <= MOST_ROWS and rows * (shared + longest + new_tokens) <= budget
            if fits and (padding or longest == lengths[index]):
                current.append(index)
                continue
        batches.append([index])
    return batches


def fixed_batches(count: int, *, done: Collection[int]) -> Iterator[range]:
    """Yield runs of MOST_ROWS indices below `count`, without those that are all done."""
    for start in range(0, count, MOST_ROWS):
        batch = range(start, min(start + MOST_ROWS, count))
        if not set(batch) <= set(done):
            yield batch
