"""Every entry point that is tried, a row each."""

from __future__ import annotations

from bench.fuzzing.targets.asked import ASKED
from bench.fuzzing.targets.checkpoints import CHECKPOINTS
from bench.fuzzing.targets.recorded import RECORDED
from bench.fuzzing.targets.said import SAID
from bench.fuzzing.targets.served import SERVED
from bench.fuzzing.targets.stores import STORES
from bench.fuzzing.targets.tracked import TRACKED
from bench.fuzzing.trial import Target

TARGETS: dict[str, Target] = {
    target.name: target
    for target in (*ASKED, *TRACKED, *RECORDED, *STORES, *SAID, *SERVED, *CHECKPOINTS)
}
