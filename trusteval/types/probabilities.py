"""How likely a model begins its answer with each of a setting's labels."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LabelLogs:
    """The log-probability of each label at the start of one answer.

    `log` holds natural logarithms, at most 0, in the order of `labels`: of the whole label as the
    setting spells it, the sum over its tokens, each given the prompt and the tokens before it.
    Nothing has to follow: a label that another one begins with includes it, and the labels need
    not add up to 1. None is unknown, and `unknown` says why.
    """

    labels: tuple[str, ...]
    log: tuple[float | None, ...]
    unknown: str = ""
