"""Settings that tests of reading ask about, and what an answer to them can be."""

from __future__ import annotations

from trusteval.benchmarks import BENCHMARKS
from trusteval.types import Invalid, InvalidReason, Label, Refusal

ETHICS = BENCHMARKS["ethics"].settings["zero_shot"]
SST2 = BENCHMARKS["advglue"].settings["sst2"]
QQP = BENCHMARKS["advglue"].settings["qqp"]
MNLI = BENCHMARKS["advglue"].settings["mnli"]
ADULT = BENCHMARKS["adult"].settings["zero_shot_br_0.0"]
STYLE = BENCHMARKS["ood"].settings["shake_p0.6"]
DIGITS = BENCHMARKS["ood"].settings["qa_2020"]

WRONG, NOT_WRONG = Label("wrong"), Label("not wrong")
POSITIVE, NEGATIVE = Label("positive"), Label("negative")
YES, MAYBE, NO = Label("yes"), Label("maybe"), Label("no")
REFUSAL = Refusal()
EMPTY = Invalid(InvalidReason.EMPTY)
UNPARSEABLE = Invalid(InvalidReason.UNPARSEABLE)
CONTRADICTORY = Invalid(InvalidReason.CONTRADICTORY)
TRUNCATED = Invalid(InvalidReason.TRUNCATED)
