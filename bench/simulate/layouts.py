"""The layouts of real benchmarks: how many rows each unit has in which settings, and its label."""

from __future__ import annotations

from collections.abc import Mapping

from bench.simulate.layout import Layout
from trusteval.answers.table import SampleTable
from trusteval.benchmarks import adult
from trusteval.benchmarks.advglue import ADVGLUE
from trusteval.benchmarks.benchmark import Question
from trusteval.benchmarks.ethics import ETHICS, EVASIVE, JAILBREAK
from trusteval.benchmarks.mmlu import MMLU
from trusteval.benchmarks.ood import KNOWLEDGE, KNOWLEDGE_FEW_SHOT, OOD, STYLE_FEW_SHOT, STYLES
from trusteval.protocols.strict import STRICT
from trusteval.suite.profiles import PROFILES
from trusteval.types import Sample, Setting

ADULT_PAIRS = ((0, 1, 0.75), (3, 7, 0.5))
"""Settings of Adult that share people, and what share of them, as published (rounded)."""
# Of AdvGLUE's published file: by task and label, how many texts were attacked once, twice, ...; and
# how many of those attacked once have no clean text.
_ATTACKED: Mapping[tuple[str, str], tuple[Mapping[int, int], int]] = {
    ("mnli", "maybe"): ({1: 12, 2: 3, 3: 5, 6: 1}, 0),
    ("mnli", "no"): ({1: 17, 2: 3, 3: 5, 4: 3}, 0),
    ("mnli", "yes"): ({1: 16, 2: 8}, 0),
    ("qqp", "no"): ({1: 12, 2: 5, 3: 2, 4: 1, 5: 1, 9: 1}, 5),
    ("qqp", "yes"): ({1: 18, 2: 4, 3: 2}, 2),
    ("sst2", "negative"): ({1: 36, 2: 4, 3: 3, 4: 1, 6: 1, 9: 1}, 7),
    ("sst2", "positive"): ({1: 43, 2: 12, 3: 3}, 10),
}
# Of MMLU's: how many questions occur how often.
_REPEATED = {2: 148, 3: 1, 4: 2, 6: 2, 8: 1}


def ethics(immoral: int = 983, moral: int = 1126, everywhere: int = 200) -> Layout:
    """Lay out ethics; so many sentences of each label are asked in all twelve settings."""
    samples = []
    for name, setting in ETHICS.settings.items():
        few = name in JAILBREAK + EVASIVE
        for label, n in (("wrong", immoral), ("not wrong", moral)):
            for number in range(everywhere if few else n):
                occurs = 12 if number < everywhere else 2
                item = f"{label} {number}"
                samples.append(_sample(setting, item, target=label, stratum=f"{label}/{occurs}"))
    sizes = f"{immoral + moral:,} sentences, {2 * everywhere} in all settings"
    return Layout(f"ethics, {sizes}", SampleTable.of(samples), STRICT.scoring("ethics"))


def ood(sentences: int = 872, new: int = 263, old: int = 855) -> Layout:
    """Lay out ood: restyled sentences, questions of 2023, questions of 2020."""
    families = {
        "style": (sentences, (*STYLES, *STYLE_FEW_SHOT)),
        "qa_2023": (new, KNOWLEDGE[:2]),
        "qa_2020": (old, (*KNOWLEDGE[2:], *KNOWLEDGE_FEW_SHOT)),
    }
    samples = [
        _sample(
            OOD.settings[name],
            f"{family} {number}",
            target=OOD.settings[name].labels[0].value,
            stratum=family,
        )
        for family, (n, settings) in families.items()
        for name in settings
        for number in range(n)
    ]
    return Layout(
        f"ood, {sentences} / {new} / {old}", SampleTable.of(samples), STRICT.scoring("ood")
    )


def advglue() -> Layout:
    """Lay out advglue: texts attacked up to nine times, most of them also asked unharmed."""
    samples = []
    for (task, label), (attacked, without_clean) in _ATTACKED.items():
        rows = [times for times, texts in attacked.items() for _ in range(texts)]
        for number, times in enumerate(rows):
            text = f"{task} {label} {number}"
            for name in (task, *(() if number < without_clean else (f"clean_{task}",))):
                samples += [
                    _sample(
                        ADVGLUE.settings[name],
                        text,
                        target=label,
                        stratum=task,
                        id=f"{text}, {again}",
                    )
                    for again in range(times)
                ]
    return Layout("advglue, 223 texts", SampleTable.of(samples), STRICT.scoring("advglue"))


def mmlu() -> Layout:
    """Lay out mmlu: 13,869 questions, of which 154 occur more than once."""
    subjects = [name for name, one in MMLU.settings.items() for _ in range(one.n_expected or 0)]
    unit = list(map(str, range(len(subjects))))
    repeated = [times for times, questions in _REPEATED.items() for _ in range(questions)]
    for number, times in enumerate(repeated):
        first = number * (len(subjects) // len(repeated))
        for place in range(first, first + times):
            unit[place] = f"repeated {number}"
    samples = [
        _sample(MMLU.settings[name], text, target="A", stratum="questions", id=str(place))
        for place, (name, text) in enumerate(zip(subjects, unit, strict=True))
    ]
    return Layout("mmlu, 13,869 questions", SampleTable.of(samples), STRICT.scoring("mmlu"))


def quick(benchmark: str) -> Layout:
    """Lay out what the profile `quick` draws of a benchmark, by the drawing itself."""
    whole = {"advglue": advglue, "ethics": ethics, "mmlu": mmlu, "ood": ood}[benchmark]()
    asked: dict[str, list[Question]] = {}
    for sample in whole.sample_table.samples:
        asked.setdefault(sample.setting.name, []).append(Question(sample, ()))
    drawn = PROFILES["quick"].draw(benchmark, asked)
    samples = [question.sample for rows in drawn.values() for question in rows]
    units = len({sample.unit for sample in samples})
    name = f"{benchmark} quick, {len(samples):,} rows of {units:,} units"
    return Layout(name, SampleTable.of(samples), whole.scoring)


def fairness(per_group: int, n_settings: int) -> Layout:
    """Lay out settings of Adult, half of each group labelled yes; some share people."""
    names = adult.SETTINGS[:n_settings]
    shared = {two: (one, share) for one, two, share in ADULT_PAIRS if two < n_settings}
    samples = [
        _sample(
            adult.ADULT.settings[name],
            f"{group} {_person(place, number, per_group, shared)}",
            target="yes" if number % 2 else "no",
            stratum=f"{group}/{'yes' if number % 2 else 'no'}",
            group=group,
        )
        for place, name in enumerate(names)
        for group in ("Female", "Male")
        for number in range(per_group)
    ]
    settings = "1 setting" if n_settings == 1 else f"{n_settings} settings"
    return Layout(
        f"adult, {settings}, {per_group:,} per group",
        SampleTable.of(samples),
        STRICT.scoring("adult_raw", settings=names),
    )


def _person(
    place: int, number: int, per_group: int, shared: Mapping[int, tuple[int, float]]
) -> str:
    other, share = shared.get(place, (place, 0.0))
    return f"{other if number < share * per_group else place} {number}"


def _sample(
    setting: Setting,
    item: str,
    *,
    target: str,
    stratum: str,
    group: str | None = None,
    id: str | None = None,
) -> Sample:
    return Sample(
        id=id or item, setting=setting, unit=item, target=target, stratum=stratum, group=group
    )
