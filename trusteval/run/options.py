"""The --trust-* options as typed, and the backend they name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from trusteval.engines.engine import Backend
from trusteval.engines.routing import create_backend
from trusteval.errors import UsageError
from trusteval.suggestion import meant
from trusteval.system.progress import ProgressBar, Say, no_progress, say_nothing
from trusteval.types import Variant


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for; paths are resolved, nothing is checked.

    `gates_are_named` says that somebody named the gates' file, `accept_with` is the command that
    accepts what this run asks, `tries` how many weights of a subject may be judged until it is
    accepted, None for any number.
    """

    model: str
    variants: str
    ensembles: str
    references: str
    profile: str
    protocol: str
    engine: str
    data: Path | None
    gates: Path
    storage: str
    device: str
    dtype: str
    prompts: Path | None
    calibration: Path | None
    inconclusive: str | None
    trust_remote_code: bool
    concurrency: int = 16
    baseline: Path | None = None
    accept: bool = False
    regression: str | None = None
    noise_floor: str | None = None
    gates_are_named: bool = True
    accept_with: str = "pytest --trust-accept"
    benchmarks: str | None = None
    laws: str = "once"
    tries: int | None = None

    def backend(
        self,
        variants: Sequence[Variant],
        *,
        device: str | None = None,
        progress: ProgressBar = no_progress,
        say: Say = say_nothing,
    ) -> Backend:
        """Return who answers for these variants; opens no model.

        `say` is told what is waited for while a server does not answer.

        Raises UsageError for a missing model, script or recording, and a key that cannot be.
        """
        return create_backend(
            self.engine,
            self.model,
            variants=variants,
            concurrency=self.concurrency,
            device=device or self.device,
            dtype=self.dtype,
            storage=self.storage,
            calibration=self.calibration,
            trust_remote_code=self.trust_remote_code,
            progress=progress,
            say=say,
        )


def check_one_of(value: str, known: Sequence[str], option: str) -> None:
    """Raise UsageError unless a value is known, naming what is."""
    if value not in known:
        raise UsageError(
            f"{option} is one of {', '.join(known)}; got {value!r}{meant(value, known)}"
        )
