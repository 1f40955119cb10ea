"""Adds up what a model gives the tokens of labels: which are looked up, after which others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from trusteval.engines.local.label_tokens import LabelTokens

if TYPE_CHECKING:
    import torch

Path = tuple[int, ...]
"""The tokens of a label that a model has read after the prompt; none at first."""


class LabelSums:
    """The log-probabilities of one prompt's labels, as they become known.

    `paths` are the beginnings after which some label goes on, so ordered that what is read after
    one of them is read on or overwritten by the next (depth first): all but the empty one.
    """

    def __init__(self, labels: LabelTokens) -> None:
        self._labels = labels
        self._told: dict[Path, dict[int, float]] = {}
        self.paths: list[Path] = sorted({t[:n] for t in labels for n in range(1, len(t))})

    def wanted(self, path: Path) -> list[int]:
        """Return the different tokens that labels go on with after a path."""
        n = len(path)
        return sorted({t[n] for t in self._labels if len(t) > n and t[:n] == path})

    def tell(self, path: Path, logs: Sequence[float]) -> None:
        """Take the log-probabilities of `wanted(path)`."""
        self._told[path] = dict(zip(self.wanted(path), logs, strict=True))

    @property
    def deepest(self) -> list[Path]:
        """The paths that no other one goes on from; the empty one where there is no other."""
        ends = [p for p in self.paths if not any(q[: len(p)] == p != q for q in self.paths)]
        return ends or [()]

    @property
    def totals(self) -> list[float]:
        """The sum of each label's tokens, 0 of a label without any."""
        return [
            sum(self._told[tokens[:n]][token] for n, token in enumerate(tokens))
            for tokens in self._labels
        ]


def tell(sums: Sequence[LabelSums], paths: Sequence[Path | None], logits: torch.Tensor) -> None:
    """Look up what labels go on with after what each row has read; None where they do not."""
    pairs = list(zip(sums, paths, strict=True))
    wanted = [[] if path is None else own.wanted(path) for own, path in pairs]
    for (own, path), logs in zip(pairs, _log_probabilities(logits, wanted), strict=True):
        if path is not None:
            own.tell(path, logs)


def _log_probabilities(logits: torch.Tensor, wanted: Sequence[Sequence[int]]) -> list[list[float]]:
    """Return the log-probabilities of tokens, some in each row of `logits` (rows, vocabulary)."""
    import torch

    places = [(row, token) for row, tokens in enumerate(wanted) for token in tokens]
    if not places:
        return [[] for _ in wanted]
    rows, tokens = (torch.tensor(x, device=logits.device) for x in zip(*places, strict=True))
    scores = logits.float()
    found: Iterable[float] = (scores[rows, tokens] - scores.logsumexp(-1)[rows]).tolist()
    told = iter(found)
    return [[next(told) for _ in tokens] for tokens in wanted]
