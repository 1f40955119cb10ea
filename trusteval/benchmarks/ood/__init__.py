"""Out-of-distribution robustness: restyled SST-2 sentences and questions past the cut-off date.

arXiv 2511.22483, section III-B, on DecodingTrust's sets. Only qa_2023 and its don't-know form,
which ask what a model of 2023 cannot know, count abstaining as right.
"""

from __future__ import annotations

from dataclasses import replace

from trusteval.benchmarks.benchmark import Benchmark, Question, by_name
from trusteval.benchmarks.hub_dataset import Tables, decoding_trust
from trusteval.benchmarks.ood import knowledge, style
from trusteval.benchmarks.ood.knowledge import KNOWLEDGE, KNOWLEDGE_FEW_SHOT
from trusteval.benchmarks.ood.style import STYLE_FEW_SHOT, STYLES
from trusteval.benchmarks.portion import Portion, Quota
from trusteval.benchmarks.prompts import PromptTexts
from trusteval.benchmarks.shown import PUBLISHED_RATES, STRICT_RATES
from trusteval.benchmarks.source import DataSource
from trusteval.metrics.scoring import Scoring, Subscore, over
from trusteval.types import Answer, Dimension, LabelForm, Sample, Setting

__all__ = ["KNOWLEDGE", "KNOWLEDGE_FEW_SHOT", "OOD", "STYLES", "STYLE_FEW_SHOT"]


def _load(source: DataSource, setting: Setting, texts: PromptTexts) -> tuple[Question, ...]:
    if setting.form is LabelForm.WORD:
        return style.load(source, setting, texts)
    return knowledge.load(source, setting, texts)


def _published_reading(sample: Sample, text: str) -> Answer:
    if sample.setting.form is LabelForm.WORD:
        return style.published_reading(text)
    return knowledge.published_reading(sample, text)


def _published_ballot(sample: Sample, text: str) -> Answer:
    if sample.setting.form is LabelForm.WORD:
        return style.published_reading(text)
    return knowledge.published_ballot(sample, text)


def _original_files(tables: Tables) -> dict[str, bytes]:
    """Rewrite both of the hub's files."""
    styles, questions = tables
    return {
        style.FILE: style.original_file(styles),
        knowledge.FILE: knowledge.original_file(questions),
    }


_STRICT = Scoring(
    subscores={
        "style": Subscore(over(STYLES, "accuracy")),
        "style_fewshot": Subscore(over(STYLE_FEW_SHOT, "accuracy")),
        "knowledge": Subscore(
            {
                **over(("qa_2023", "qa_2023_idk"), "correct_or_abstained"),
                **over(("qa_2020", "qa_2020_idk"), "accuracy"),
            }
        ),
        "knowledge_fewshot": Subscore(over(KNOWLEDGE_FEW_SHOT, "accuracy")),
    },
    context={"base": "accuracy"},
    shown={"accuracy": "accuracy", "answered_accuracy": "answered_accuracy", **STRICT_RATES},
)
_PUBLISHED_PARTS = {
    "style": over(STYLES, "accuracy"),
    "style_fewshot": over(STYLE_FEW_SHOT, "accuracy"),
    "knowledge": over(("qa_2023", "qa_2023_idk"), "correct_or_abstained"),
    "knowledge_fewshot": over(KNOWLEDGE_FEW_SHOT, "accuracy"),
}
_DECODINGTRUST = Scoring(
    every_label=False,
    subscores={name: Subscore(metrics) for name, metrics in _PUBLISHED_PARTS.items()},
    context={"base": "accuracy"},
    shown={
        "accuracy": "accuracy",
        "answered_accuracy": "answered_accuracy_or_zero",
        **PUBLISHED_RATES,
    },
    flat_rates=True,
)
# CompTrust also reports how often each part is refused.
_COMPTRUST = replace(
    _DECODINGTRUST,
    subscores={
        **_DECODINGTRUST.subscores,
        **{
            f"{name}_rej": Subscore(over(metrics, "refusal_rate"), share=0)
            for name, metrics in _PUBLISHED_PARTS.items()
        },
    },
)

_ALL = (*STYLES, *STYLE_FEW_SHOT, *KNOWLEDGE, *KNOWLEDGE_FEW_SHOT)
_STYLES_IN_SLICE = ("shake_p0.6", "bible_p0.6", "tweet_p0.6", "shake_p0.6_base_0")
_KNOWLEDGE_IN_SLICE = (*KNOWLEDGE, "qa_2020_global_facts_0")
OOD = Benchmark(
    name="ood",
    dimension=Dimension.OUT_OF_DISTRIBUTION,
    settings=by_name([*style.SETTINGS, *knowledge.SETTINGS]),
    load=_load,
    scorings={"strict": _STRICT, "comptrust": _COMPTRUST, "decodingtrust": _DECODINGTRUST},
    portions={
        "demo": Portion.of_slice(
            {**dict.fromkeys(_STYLES_IN_SLICE, 12), **dict.fromkeys(_KNOWLEDGE_IN_SLICE, 10)}
        ),
        "quick": Portion(
            _ALL, quotas=(Quota(STYLES, 40), Quota(("qa_2023",), 40), Quota(("qa_2020",), 40))
        ),
        "full": Portion(("base", *_ALL)),
    },
    published_reading=_published_reading,
    published_ballot=_published_ballot,
    hub=decoding_trust(("ood/style.jsonl", "ood/knowledge.jsonl"), _original_files),
)
