"""The vocabulary: one frozen type per noun that stages exchange (docs/method.md).

A refusal is a value and an invalid output is a value; a crash is neither. Implements the
terms of arXiv 2511.22483, sections III-B and IV-B.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Unavailable:
    """What stands in the place of something that cannot be had, with the reason."""

    why: str


class Dimension(StrEnum):
    """What a gate protects; every benchmark measures exactly one."""

    ADVERSARIAL_ROBUSTNESS = "adversarial_robustness"
    FAIRNESS = "fairness"
    MACHINE_ETHICS = "machine_ethics"
    OUT_OF_DISTRIBUTION = "out_of_distribution"
    MMLU = "mmlu"


class Role(StrEnum):
    """Who speaks; PLAIN is text to be continued as it stands, without a chat template."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    PLAIN = "plain"


class FinishReason(StrEnum):
    """Why generation stopped: END at an end-of-text token, LENGTH at the token limit."""

    END = "end"
    LENGTH = "length"


class InvalidReason(StrEnum):
    """Why an answer maps to no label, although it is no refusal."""

    EMPTY = "empty"
    UNPARSEABLE = "unparseable"
    CONTRADICTORY = "contradictory"
    TRUNCATED = "truncated"


class RefusalPolicy(StrEnum):
    """Whether a refusal may be elected: DROP in scope, KEEP where abstaining can be right."""

    DROP = "drop"
    KEEP = "keep"


class LabelForm(StrEnum):
    """WORD labels match anywhere as whole words, SYMBOL labels only in decisive position."""

    WORD = "word"
    SYMBOL = "symbol"


class Route(StrEnum):
    """How a server is asked: CHAT with its own chat template, COMPLETIONS with plain text."""

    CHAT = "chat"
    COMPLETIONS = "completions"


class Storage(StrEnum):
    """How quantized weights are held: PACKED for the kernel, or expanded once at load."""

    PACKED = "packed"
    DEQUANTIZED = "dequantized"


class Outcome(StrEnum):
    """PASS: the evidence shows that the limit holds; FAIL: that it does not."""

    PASS = "PASS"
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"


class Undecided(StrEnum):
    """Why a verdict is INCONCLUSIVE.

    SAMPLES: more of them could decide. SUSPECT: that a limit is broken is shown by this row alone,
    not beside the subject's other rows. TRIPWIRE: nothing is found by what can never pass. NEVER:
    no number of samples decides, because something is missing or undefined. FIRST: what it
    compares with is what this run is accepted as.
    """

    SAMPLES = "samples"
    SUSPECT = "suspect"
    TRIPWIRE = "tripwire"
    NEVER = "never"
    FIRST = "first"


class Level(StrEnum):
    """What a failed gate does: BLOCK fails the run, WARN only says so."""

    BLOCK = "block"
    WARN = "warn"


# -- prompts and responses ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Role
    content: str


Prompt = tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Response:
    """What a model said, complete up to the setting's token limit or the end of text."""

    text: str
    finish_reason: FinishReason
    n_prompt_tokens: int
    n_new_tokens: int


# -- settings and samples ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LabelSpec:
    """A label a setting accepts.

    `aliases` are further spellings; `opposite` names the label that a negation turns it into.
    """

    value: str
    aliases: tuple[str, ...] = ()
    opposite: str | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """One way of asking one benchmark, for example ethics/jailbreak_1.

    `shots` is the number of demonstrations, `abstention` a label (a digit of the options, say)
    that means "I don't know" and is read as a refusal. `continued` says that the model continues
    plain text and will go on with questions of its own, so that the first paragraph is its
    answer. `n_expected` is the declared number of rows, None where none was published; `n_source`
    that of the file they are picked from, if it differs.
    """

    benchmark: str
    name: str
    labels: tuple[LabelSpec, ...]
    max_new_tokens: int
    n_expected: int | None
    n_source: int | None = None
    form: LabelForm = LabelForm.WORD
    refusal_policy: RefusalPolicy = RefusalPolicy.DROP
    abstention: str | None = None
    continued: bool = False
    shots: int = 0

    @property
    def id(self) -> str:
        return f"{self.benchmark}/{self.name}"


@dataclass(frozen=True, slots=True)
class Declared:
    """What a setting has to bring to be complete: how many rows, which true labels."""

    n_expected: int
    targets: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sample:
    """One row of a benchmark under one setting.

    `id` is the 0-based row index in the source file. `unit` names the text the row descends
    from, the same across settings; `stratum` the family that units are drawn within;
    `group` the sensitive group, where there is one. `options` are the texts of the choices.
    """

    id: str
    setting: Setting
    unit: str
    target: str
    stratum: str = ""
    group: str | None = None
    options: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


# -- answers -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Label:
    """A label that the setting declares.

    `contradictory` says that the text held another label too, where a reference protocol reads
    one of them all the same; it makes no other answer of it.
    """

    value: str
    contradictory: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Refusal:
    """The model declined, or said that it does not know."""


@dataclass(frozen=True, slots=True)
class Invalid:
    """The text maps to no label and is no refusal."""

    reason: InvalidReason


Answer = Label | Refusal | Invalid


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer, and why a text was read so.

    `rule` names the rule that decided, `span` are the words of the text that it rests on: "" where
    it rests on none, as with an empty text.
    """

    answer: Answer
    rule: str
    span: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A sample and what a subject answered; the same type for a variant and an ensemble."""

    sample: Sample
    answer: Answer

    @property
    def correct(self) -> bool:
        return self.answer == Label(self.sample.target)


# -- subjects ----------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class Variant:
    """One precision of the model under test.

    `bits` per weight orders the members of a vote (dense: 16; 0 where nobody said, of a served
    model). At most one of `recipe` (to be built from the dense model), `path` (a checkpoint
    somebody made: directory, .gguf file or hub id) and `served` is set, none for the dense model
    itself.
    """

    name: str
    method: str
    bits: int
    seed: int = 0
    recipe: Recipe | None = None
    path: Path | None = None
    served: Endpoint | None = None

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


# -- voting ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ballot:
    """One member's answer to one sample."""

    variant: Variant
    answer: Answer


@dataclass(frozen=True, slots=True)
class Decision:
    """What an ensemble decided.

    `tally` counts admitted ballots per answer, most votes first; `tie_broken_by` names the
    member whose choice broke a tie, None if there was none; `dropped` holds the ballots that
    were not admitted.
    """

    answer: Answer
    tally: tuple[tuple[Label | Refusal, int], ...]
    tie_broken_by: str | None
    dropped: tuple[Ballot, ...]


# -- scores and verdicts -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Interval:
    """A 90 % interval on the scale of its score; each bound is one-sided 95 %."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Counts:
    """How the answers behind a score divide; the fields after `n` add up to at most n."""

    n: int
    refused: int
    invalid: Mapping[InvalidReason, int]

    @property
    def n_invalid(self) -> int:
        return sum(self.invalid.values())


@dataclass(frozen=True, slots=True)
class Score:
    """A metric's value in points, 0 to 100, or None with the reason why it is undefined.

    `complete` is False where a setting is missing or has fewer rows than declared; `too_few` says
    that more rows, answered as these were, would give it a value.
    """

    metric: str
    value: float | None
    counts: Counts
    interval: Interval | None = None
    undefined: str | None = None
    missing_settings: tuple[str, ...] = ()
    complete: bool = True
    too_few: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """How much worse a subject is than its reference, paired by sample, in points."""

    reference: str
    value: float
    interval: Interval


_NO_EXCUSE: Mapping[Undecided | None, str] = {
    Undecided.NEVER: "UNDECIDABLE",
    Undecided.SUSPECT: "SUSPECT",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One gate's answer about one subject, with the sentence that says why.

    `p` is that of the claim that a limit is broken, which a FAIL needs to be at most 0.05 /
    `family`; None where nothing was tested. `change` is there where a reference was compared.
    `undecided` says what an INCONCLUSIVE lacks, `why` why the row is there.
    """

    gate: str
    subject: str
    benchmark: str = field(kw_only=True)
    dimension: Dimension
    outcome: Outcome
    level: Level
    message: str
    score: Score
    p: float | None = None
    family: int = 1
    change: Change | None = None
    undecided: Undecided | None = None
    why: str = ""

    @property
    def blocks(self) -> bool:
        """Whether the run must not end well, whatever is done with few samples."""
        broken = self.outcome is Outcome.FAIL or self.undecided in _NO_EXCUSE
        return self.level is Level.BLOCK and broken

    @property
    def word(self) -> str:
        """What the outcome is called: an INCONCLUSIVE that blocks has a name of its own."""
        return _NO_EXCUSE.get(self.undecided, self.outcome.value)
