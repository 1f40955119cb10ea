"""What a reader must know to compare a run with another: who was asked what, and read how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from trusteval.system.plain import number_in, said, table_in, text_in, texts_in


@dataclass(frozen=True, slots=True)
class PromptFacts:
    """Which texts stood around the items."""

    origin: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class GateFacts:
    """Which file judged.

    `left_out` are its rows that hold nobody, `unbreakable` those that no answers can break;
    `without_row` says of whom it has no row on which benchmarks.
    """

    origin: str | None = None
    sha256: str | None = None
    left_out: tuple[str, ...] | None = None
    without_row: tuple[str, ...] | None = None
    unbreakable: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the rows were drawn: by a seed, None where all were asked."""

    seed: int | None


@dataclass(frozen=True, slots=True)
class RunFacts:
    """How a run was asked, read and judged; None is what an earlier version did not say.

    `data` is where the rows come from, `reader` the version that read the answers, `families` how
    many blocking rows of each subject share the error of 0.05.
    """

    model: str | None = None
    engine: str | None = None
    profile: str | None = None
    sampling: Sampling | None = None
    data: str | None = None
    protocol: str | None = None
    reader: int | None = None
    prompts: PromptFacts | None = None
    remote_code: bool | None = None
    gates: GateFacts | None = None
    families: Mapping[str, int] | None = None

    @property
    def prompts_sha256(self) -> str | None:
        """The fingerprint of the prompts' texts."""
        return None if self.prompts is None else self.prompts.sha256

    @property
    def gates_sha256(self) -> str | None:
        """The fingerprint of the file of gates."""
        return None if self.gates is None else self.gates.sha256

    def to_document(self) -> dict[str, Any]:
        """Return plain values, as every file of a run holds them."""
        drawn = {} if self.sampling is None else {"sampling_seed": self.sampling.seed}
        told = said(replace(self, sampling=None))
        asked = {name: told.pop(name) for name in ("model", "engine", "profile") if name in told}
        return {**asked, **drawn, **told}


UNSAID = RunFacts()
"""The facts of a run of which nothing is known."""


def run_facts(document: Mapping[str, Any]) -> RunFacts:
    """Rebuild from a document; what is there and of another kind is not said."""
    prompts, gates = table_in(document, "prompts"), table_in(document, "gates")
    remote_code = document.get("remote_code")
    return RunFacts(
        model=text_in(document, "model"),
        engine=text_in(document, "engine"),
        profile=text_in(document, "profile"),
        sampling=_sampling(document),
        data=text_in(document, "data"),
        protocol=text_in(document, "protocol"),
        reader=number_in(document, "reader"),
        prompts=None if prompts is None else _prompt_facts(prompts),
        remote_code=remote_code if isinstance(remote_code, bool) else None,
        gates=None if gates is None else _gate_facts(gates),
        families=table_in(document, "families"),
    )


def _sampling(document: Mapping[str, Any]) -> Sampling | None:
    seed = number_in(document, "sampling_seed")
    all_rows = "sampling_seed" in document and document["sampling_seed"] is None
    return Sampling(seed) if all_rows or seed is not None else None


def _prompt_facts(document: Mapping[str, Any]) -> PromptFacts:
    return PromptFacts(text_in(document, "origin"), text_in(document, "sha256"))


def _gate_facts(document: Mapping[str, Any]) -> GateFacts:
    return GateFacts(
        text_in(document, "origin"),
        text_in(document, "sha256"),
        texts_in(document, "left_out"),
        texts_in(document, "without_row"),
        texts_in(document, "unbreakable"),
    )
