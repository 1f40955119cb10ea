"""What a decoder does, and the one for models whose attention is their own."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Protocol

from trusteval.engines.local.batching import Batch, rows_of, without
from trusteval.engines.local.drawing import Lots, draw_tokens
from trusteval.engines.local.label_paths import LabelSums, tell
from trusteval.engines.local.label_tokens import LabelTokens
from trusteval.errors import EngineError
from trusteval.system.files import abbreviated
from trusteval.types import Draw

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class Told:
    """What a model says to one prompt: new tokens, and the log-probability of each label."""

    new: list[int]
    logs: list[float]


class Decoder(Protocol):
    """Answers batches of encoded prompts: greedily, or with what is drawn."""

    def answer(
        self,
        encoded: Sequence[Sequence[int]],
        batch: Batch,
        *,
        max_new_tokens: int,
        draw: Draw | None = None,
    ) -> list[list[int]]:
        """Return each prompt's new tokens, in the order of the batch's rows.

        The token that ended an answer is its last. Raises EngineError for logits that are not
        finite.
        """
        ...

    def weigh(
        self,
        encoded: Sequence[Sequence[int]],
        batch: Batch,
        *,
        labels: Mapping[int, LabelTokens],
        answered: Container[int],
        max_new_tokens: int,
        draw: Draw | None = None,
    ) -> list[Told]:
        """Answer, and say how likely the `labels` of each row are in the answer's place.

        No tokens are made for rows that are `answered`. The answers are those of `answer`; how
        likely a label is does not depend on a draw.
        """
        ...

    def forget(self) -> None:
        """Free what is kept for the next batch, whose prefixes may be the same."""
        ...


def choose(logits: torch.Tensor, lots: Sequence[Lots] = ()) -> list[int]:
    """Return the likeliest token of each row, or the one that its lot falls on.

    Raises EngineError for NaN or Inf.
    """
    best = logits.max(-1)  # NaN where there is one
    if not bool(best.values.isfinite().all()):
        raise EngineError("the model's logits are not finite (NaN or Inf)")
    if lots:
        return draw_tokens(logits, lots)
    return [int(token) for token in best.indices.tolist()]


def stop_tokens(model: Any, tokenizer: Any) -> frozenset[int]:
    """Return the tokens that end an answer; raises EngineError for what is none."""
    declared = getattr(model.generation_config, "eos_token_id", None)
    listed = declared if isinstance(declared, list) else [declared]
    stops = [token for token in (*listed, tokenizer.eos_token_id) if token is not None]
    if odd := [token for token in stops if not isinstance(token, int)]:
        raise EngineError(f"eos_token_id names {abbreviated(odd[0])}, expected numbers of tokens")
    return frozenset(stops)


class PlainDecoder:
    """Decoding as transformers does it, for models that take no other attention than their own.

    Prompts of equal length run together, so that there is no padding to hide; nothing is shared.
    `stops` end an answer.
    """

    def __init__(self, model: Any, *, stops: frozenset[int]) -> None:
        self._model = model
        self._stops = stops

    def answer(
        self,
        encoded: Sequence[Sequence[int]],
        batch: Batch,
        *,
        max_new_tokens: int,
        draw: Draw | None = None,
    ) -> list[list[int]]:
        import torch

        new: dict[int, list[int]] = {}
        by_length = sorted(rows_of(batch), key=lambda row: len(encoded[row]))
        with torch.inference_mode():
            for _, rows in groupby(by_length, key=lambda row: len(encoded[row])):
                same = list(rows)
                answers = self._answer([encoded[row] for row in same], max_new_tokens, draw)
                new |= zip(same, answers, strict=True)
        return [new[row] for row in rows_of(batch)]

    def weigh(
        self,
        encoded: Sequence[Sequence[int]],
        batch: Batch,
        *,
        labels: Mapping[int, LabelTokens],
        answered: Container[int],
        max_new_tokens: int,
        draw: Draw | None = None,
    ) -> list[Told]:
        """Read each prompt and label in a pass of their own: not every cache can be rewound."""
        sums = self._sums(encoded, {row: labels[row] for row in rows_of(batch)})
        asked = without(batch, answered)
        answers = self.answer(encoded, asked, max_new_tokens=max_new_tokens, draw=draw)
        new = dict(zip(rows_of(asked), answers, strict=True))
        return [Told(new.get(row, []), sums[row].totals) for row in rows_of(batch)]

    def forget(self) -> None:
        pass

    def _sums(
        self, encoded: Sequence[Sequence[int]], labels: Mapping[int, LabelTokens]
    ) -> dict[int, LabelSums]:
        """Read every prompt with the longest beginnings of its labels, equal lengths together."""
        import torch

        sums = {row: LabelSums(of_row) for row, of_row in labels.items()}
        reads = [(row, path) for row, own in sums.items() for path in own.deepest]
        reads.sort(key=lambda read: len(encoded[read[0]]) + len(read[1]))
        with torch.inference_mode():
            for _, some in groupby(reads, key=lambda read: len(encoded[read[0]]) + len(read[1])):
                same = list(some)
                tokens = [[*encoded[row], *path] for row, path in same]
                ids = torch.tensor(tokens, device=self._model.device)
                kept = 1 + max(len(path) for _, path in same)
                logits = self._model(input_ids=ids, use_cache=False, logits_to_keep=kept).logits
                for n in range(kept):  # tokens of the labels before what is looked up
                    here = [place for place, (_, path) in enumerate(same) if n <= len(path)]
                    begun = [(same[place][0], same[place][1][:n]) for place in here]
                    last = torch.stack([logits[p, n - len(same[p][1]) - 1] for p in here])
                    choose(last)
                    tell([sums[row] for row, _ in begun], [path for _, path in begun], last)
        return sums

    def _answer(
        self, prompts: Sequence[Sequence[int]], max_new_tokens: int, draw: Draw | None
    ) -> list[list[int]]:
        """Answer prompts of equal length; those that ended are fed on, and cut."""
        import torch

        new: list[list[int]] = [[] for _ in prompts]
        lots = [] if draw is None else [Lots.of(tokens, draw) for tokens in prompts]
        ids = torch.tensor([list(tokens) for tokens in prompts], device=self._model.device)
        cache = None
        for _ in range(max_new_tokens):
            output = self._model(
                input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1
            )
            chosen = choose(output.logits[:, -1], lots)
            for tokens, token in zip(new, chosen, strict=True):
                if not tokens or tokens[-1] not in self._stops:
                    tokens.append(token)
            if all(tokens[-1] in self._stops for tokens in new):
                break
            cache = output.past_key_values
            ids = torch.tensor(chosen, device=self._model.device)[:, None]
        return new
