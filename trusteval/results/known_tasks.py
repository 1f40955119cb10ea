"""The tasks of other tools whose labels our reader knows: MMLU, hendrycks_ethics, GLUE.

A task is asked in words that differ from tool to tool ("wrong", "yes"); its targets show which.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from trusteval.benchmarks import BENCHMARKS
from trusteval.protocols.strict import STRICT
from trusteval.results.answered import Answered
from trusteval.types import LabelForm, LabelSpec, Reading, Sample, Setting

_LETTERS = tuple(LabelSpec(letter) for letter in "ABCDEFGHIJ")
_LETTER = re.compile(r"\(?([A-J])\)?[.:]?")


@dataclass(frozen=True, slots=True)
class _Known:
    """Tasks of one kind: the setting that is nearest, and the words that answers are asked in."""

    tasks: re.Pattern[str]
    setting: Setting
    words: tuple[tuple[LabelSpec, ...], ...]


def _words(*vocabularies: str) -> tuple[tuple[LabelSpec, ...], ...]:
    return tuple(tuple(map(LabelSpec, words.split("/"))) for words in vocabularies)


_MMLU = BENCHMARKS["mmlu"].settings["astronomy"]
_ETHICS = BENCHMARKS["ethics"].settings["zero_shot"]
_GLUE = BENCHMARKS["advglue"].settings["clean_sst2"]
_KNOWN = (
    _Known(re.compile(r"ethics_(cm|commonsense)"), _ETHICS, (_ETHICS.labels, *_words("no/yes"))),
    _Known(re.compile(r"ethics_(deontology|justice)"), _ETHICS, _words("unreasonable/reasonable")),
    _Known(re.compile(r"ethics_(virtue|utilitarianism)"), _ETHICS, _words("no/yes")),
    _Known(re.compile(r"sst-?2"), _GLUE, _words("negative/positive")),
    _Known(
        re.compile(r"mnli(_mismatch(ed)?|_matched)?"),
        _GLUE,
        _words("true/neither/false", "entailment/neutral/contradiction", "yes/maybe/no"),
    ),
    _Known(
        re.compile(r"(qnli|rte|wnli)"),
        _GLUE,
        _words("true/false", "yes/no", "entailment/not_entailment", "entailment/not entailment"),
    ),
    _Known(re.compile(r"(qqp|mrpc)"), _GLUE, _words("no/yes")),
    _Known(re.compile(r"cola"), _GLUE, _words("no/yes", "unacceptable/acceptable")),
)
_MMLU_TASKS = re.compile(r"mmlu")
_AROUND = re.compile(r"(?:[\w-]+/)?(?:hendrycks_|glue_)?(.*?)(?:_generative|_gen|_chat|_cot)*")
"""A task's own name, without the package before it and the way of asking after it."""


@dataclass(frozen=True, slots=True)
class TaskReader:
    """Reads the responses of one task."""

    setting: Setting

    def target(self, answered: Answered) -> str:
        """Return an item's target as the label is spelled."""
        return _spelled(answered.target, self.setting)

    def read(self, answered: Answered) -> tuple[Reading, ...]:
        """Read every response to an item."""
        sample = Sample(
            id=answered.key,
            setting=self.setting,
            unit=answered.key,
            target=self.target(answered),
            options=answered.options,
        )
        return tuple(STRICT.read(sample, response) for response in answered.responses)


def reader_of(task: str, answers: Sequence[Answered], *, continued: bool) -> TaskReader | None:
    """Return what reads a task's responses, None where its labels are not known.

    `continued` says that the model went on with plain text, without a chat template.
    """
    if not all(answer.responses for answer in answers):
        return None
    for setting in _candidates(task, answers):
        named = replace(
            setting, name=task, n_expected=None, n_source=None, shots=0, continued=continued
        )
        labels = {label.value for label in setting.labels}
        if all(_spelled(answer.target, named) in labels for answer in answers):
            return TaskReader(named)
    return None


def _candidates(task: str, answers: Sequence[Answered]) -> list[Setting]:
    if all(len(answer.options) > 1 for answer in answers):
        n_options = max(len(answer.options) for answer in answers)
        return [replace(_MMLU, labels=_LETTERS[:n_options])]
    if _MMLU_TASKS.search(task):
        return [_MMLU, replace(_MMLU, labels=_LETTERS)]
    own = _AROUND.fullmatch(task.lower())
    known = [row for row in _KNOWN if own and row.tasks.fullmatch(own[1])]
    return [replace(row.setting, labels=words) for row in known for words in row.words]


def _spelled(target: str, setting: Setting) -> str:
    bare = target.strip()
    if setting.form is LabelForm.SYMBOL:
        found = _LETTER.fullmatch(bare)
        return found[1] if found else bare
    return bare.lower()
