"""Who is asked: one precision of the model under test, or a vote over several."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from trusteval.types.draws import DRAWN, Draw

DENSE = "dense"
"""What the model that others are made of is called: a name, and a method that quantizes nothing."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to quantize a dense model: everything that decides the resulting weights.

    `bits` per weight; `group_size` weights share one scale (None: chosen from the model's
    shapes, -1: one scale per output channel); `symmetric` is None for the method's own custom
    (GPTQ without zero points, AWQ with them); `seed` draws the calibration sample.
    """

    method: str
    bits: int
    group_size: int | None = None
    symmetric: bool | None = None
    act_order: bool = False
    seed: int = 0

    def __str__(self) -> str:
        group = "" if self.group_size is None else f":g{self.group_size}"
        zeros = {None: "", True: ":sym", False: ":asym"}[self.symmetric]
        order = ":actorder" if self.act_order else ""
        seed = f"@{self.seed}" if self.seed else ""
        return f"{self.method}-{self.bits}{group}{zeros}{order}{seed}"


class Route(StrEnum):
    """How a server is asked: CHAT with its own chat template, COMPLETIONS with plain text."""

    CHAT = "chat"
    COMPLETIONS = "completions"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model that an OpenAI-compatible server answers for.

    `url` goes up to the API's version, `model` is what the server calls it. `folds_system` moves
    the system text into the first user turn, for templates without a system turn; `is_listed`
    says that the server's list of models names it.
    """

    url: str
    model: str
    route: Route = Route.CHAT
    folds_system: bool = False
    is_listed: bool = True


class Storage(StrEnum):
    """How quantized weights are held: PACKED for the kernel, or expanded once at load."""

    PACKED = "packed"
    DEQUANTIZED = "dequantized"


@dataclass(frozen=True, slots=True)
class Variant:
    """One precision of the model under test.

    `bits` per weight orders the members of a vote (dense: 16; of a .gguf file what its tensors come
    to, scales included; 0 where nobody said, of a served model). At most one of `recipe` (to be
    built from the dense model), `path` (a checkpoint somebody made: directory, .gguf file or hub
    id) and `served` is set, none for the dense model itself. `draw` says that its answers are
    drawn, and which of its draws it is; without it they are decoded greedily.
    """

    name: str
    method: str
    bits: float
    seed: int = 0
    recipe: Recipe | None = None
    path: Path | None = None
    served: Endpoint | None = None
    draw: Draw | None = None

    def drawn(self, draw: Draw) -> Variant:
        """Return a draw of this variant."""
        return replace(self, name=f"{self.name}{draw}", draw=draw)

    @property
    def undrawn(self) -> Variant:
        """The variant that this is a draw of, itself if it is none: the same weights."""
        if self.draw is None:
            return self
        return replace(self, name=self.name.partition(DRAWN)[0], draw=None)

    @property
    def is_under_test(self) -> bool:
        """Whether it is the dense model itself, wherever the run has that from."""
        return self.recipe is None and self.path is None and self.served is None

    @property
    def can_vote(self) -> bool:
        """Whether its place among the members of a vote is known."""
        return self.bits > 0


@dataclass(frozen=True, slots=True)
class Ensemble:
    """A vote over variants; computed from recorded answers, never loaded."""

    name: str
    members: tuple[Variant, ...]


Subject = Variant | Ensemble


@dataclass(frozen=True, slots=True)
class Health:
    """What the health check of a variant found, before it is judged.

    `perplexity` per token on trusteval.engines.health's text, perhaps infinite or NaN;
    `vocabulary_size` tokens to choose among; `shortfall` is how far the engine's batched path
    chose below a plain forward pass's best token, as a share of its logits' range: 0 for the same
    choice, at most 1.
    """

    perplexity: float
    vocabulary_size: int
    shortfall: float
