"""Finds the options of a recorded run's items in the data of its profile; a baseline keeps none."""

from __future__ import annotations

from trusteval.answers.table import SampleTable
from trusteval.benchmarks.prompts import load_prompt_texts
from trusteval.errors import TrustEvalError
from trusteval.suite.data_facts import DataFacts
from trusteval.suite.origin import Origin, demo_origin
from trusteval.suite.profiles import find_profile
from trusteval.suite.questions import Questionnaire
from trusteval.tracking.rereading import Options, options_of
from trusteval.tracking.run_facts import RunFacts
from trusteval.types import Unavailable


class ItemOptions:
    """The options of one run's items; every benchmark's data is read once.

    `origin` is where the published data is, None where nobody said; the demo slice is shipped.
    """

    def __init__(self, facts: RunFacts, origin: Origin | None) -> None:
        self._facts = facts
        self._origin = origin
        self._found: dict[str, Options | Unavailable] = {}

    def of(self, benchmark: str, *, data: DataFacts) -> Options | Unavailable:
        """Return the options by item, or say why there are none; `data` are the rows asked then."""
        if benchmark not in self._found:
            try:
                self._found[benchmark] = self._read(benchmark, data)
            except TrustEvalError as error:
                self._found[benchmark] = Unavailable(str(error))
        return self._found[benchmark]

    def _read(self, benchmark: str, data: DataFacts) -> Options | Unavailable:
        profile = find_profile(str(self._facts.profile))
        origin = demo_origin() if profile.is_demo else self._origin
        if origin is None:
            return Unavailable(
                "the options of its items are in the data: name that with --data or TRUSTEVAL_DATA"
            )
        # What stands around an item does not change its options: any prompts will do.
        asked = Questionnaire(profile, origin, texts=load_prompt_texts())
        sample_table = SampleTable.of(question.sample for question in asked.questions(benchmark))
        now = asked.facts(benchmark).sha256
        if now != data.sha256:
            return Unavailable(
                f"the data is not what was asked: {data.sha256 or '-':.12}, now {now:.12}"
            )
        return options_of(sample_table)
