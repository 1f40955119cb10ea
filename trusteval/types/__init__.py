"""The vocabulary: one frozen type per noun that stages exchange (docs/method.md).

Implements the terms of arXiv 2511.22483, sections III-B and IV-B.
"""

from trusteval.types.answers import (
    Answer,
    Ballot,
    Decision,
    Invalid,
    InvalidReason,
    Judged,
    Label,
    Reading,
    Refusal,
    is_right,
)
from trusteval.types.corrections import Correction, JudgeErrors
from trusteval.types.costs import Cost, Effort, Load, Memory, MemoryKind
from trusteval.types.draws import DRAWN, Draw, draw_of
from trusteval.types.probabilities import LabelLogs
from trusteval.types.prompts import FinishReason, Message, Prompt, Response, Role
from trusteval.types.samples import (
    DECLINED,
    Declared,
    Dimension,
    LabelForm,
    LabelSpec,
    RefusalPolicy,
    Sample,
    Setting,
)
from trusteval.types.scores import Change, Counts, Interval, Score
from trusteval.types.subjects import (
    DENSE,
    Endpoint,
    Ensemble,
    Health,
    Recipe,
    Route,
    Storage,
    Subject,
    Variant,
)
from trusteval.types.unavailable import Unavailable
from trusteval.types.verdicts import Level, LimitCheck, Outcome, Undecided, Verdict

__all__ = [
    "DECLINED",
    "DENSE",
    "DRAWN",
    "Answer",
    "Ballot",
    "Change",
    "Correction",
    "Cost",
    "Counts",
    "Decision",
    "Declared",
    "Dimension",
    "Draw",
    "Effort",
    "Endpoint",
    "Ensemble",
    "FinishReason",
    "Health",
    "Interval",
    "Invalid",
    "InvalidReason",
    "JudgeErrors",
    "Judged",
    "Label",
    "LabelForm",
    "LabelLogs",
    "LabelSpec",
    "Level",
    "LimitCheck",
    "Load",
    "Memory",
    "MemoryKind",
    "Message",
    "Outcome",
    "Prompt",
    "Reading",
    "Recipe",
    "Refusal",
    "RefusalPolicy",
    "Response",
    "Role",
    "Route",
    "Sample",
    "Score",
    "Setting",
    "Storage",
    "Subject",
    "Unavailable",
    "Undecided",
    "Variant",
    "Verdict",
    "draw_of",
    "is_right",
]
