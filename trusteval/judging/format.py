"""What kinds of judges there are, how one is told by its name, and what it can read at all."""

from __future__ import annotations

from enum import StrEnum

from trusteval.types import LabelForm

AUTO = "auto"


class JudgeFormat(StrEnum):
    """How a judge is asked and replies.

    INSTRUCT is any model that follows instructions; QWEN3GUARD (Qwen3Guard-Gen) and WILDGUARD are
    guards, which know of an open answer whether it refuses, and of no other answer anything.
    """

    INSTRUCT = "instruct"
    QWEN3GUARD = "qwen3guard"
    WILDGUARD = "wildguard"

    @property
    def is_guard(self) -> bool:
        return self is not JudgeFormat.INSTRUCT

    @property
    def max_new_tokens(self) -> int:
        """How long a reply may be: the published examples' limit for guards, a line for others."""
        return 128 if self.is_guard else 32

    def why_not(self, form: LabelForm) -> str:
        """Say why answers of a form cannot be read; "" where they can."""
        if self.is_guard and form is not LabelForm.OPEN:
            return f"a guard ({self}) tells whether an open answer refuses, and no label"
        return ""


def format_of(model: str, *, asked: str = AUTO) -> JudgeFormat:
    """Return the format that is asked, or by `auto` the one that the model's name tells."""
    if asked != AUTO:
        return JudgeFormat(asked)
    name = model.rpartition("#")[2].lower()
    guards = (one for one in JudgeFormat if one.is_guard and one.value in name)
    return next(guards, JudgeFormat.INSTRUCT)
