"""DecodingTrust's own recordings: a folder of files, each one line, a list of prompt and reply.

Names of files carry benchmark, setting and model; entries are in the order of the data. One
model may be spelled in several ways, so that several names can be given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from trusteval.benchmarks import BENCHMARKS as KNOWN
from trusteval.errors import DataError, UsageError
from trusteval.importers import demonstration_recordings
from trusteval.importers.recorded import LARGEST, Place, Recorded, check_answer
from trusteval.system.bounded import read_bytes
from trusteval.system.files import decode, parse_json
from trusteval.types import FinishReason, Response, Setting

_STYLES = {"aug": "augment", "shake_pert": "shake_w"}
_INCOME = {
    "adult_0_200": "zero_shot_br_0.0",
    "adult_16_200": "few_shot_16_fair_demon",
    "adult_32_200": "few_shot_32_fair_demon",
}


def _style(style: str, run: str | None) -> str:
    name = _STYLES.get(style, style)
    return name if run is None else f"{name}_base_{run}"


def _knowledge(year: str, kind: str | None, domain: str | None, run: str | None) -> str:
    if domain is not None:
        return f"qa_{year}_{domain}_{run}"
    return f"qa_{year}{'_idk' if kind == 'idk' else ''}"


def _demonstrations(stem: str) -> Callable[..., str]:
    return lambda seed: f"{stem}/{seed}"


# Folder, pattern of a file's name with MODEL in it, and the setting that its groups name.
_Layout = tuple[str, str, Callable[..., str | None]]
_LAYOUTS: dict[str, tuple[_Layout, ...]] = {
    "ood": (
        ("styles", r"(.+)_MODEL_standard_0-shot\.jsonl()", lambda s, _: _style(s, None)),
        ("styles", r"(.+)_MODEL_ood_8-shot_([0-9]+)\.jsonl", _style),
        (
            "knowledge",
            r"qa(20[0-9]{2})_MODEL_(standard|idk)_0-shot\.jsonl",
            lambda year, kind: _knowledge(year, kind, None, None),
        ),
        (
            "knowledge",
            r"(.+)_qa(20[0-9]{2})_MODEL_5-shot_([0-9]+)\.jsonl",
            lambda domain, year, run: _knowledge(year, None, domain, run),
        ),
    ),
    "adult": ((".", r"MODEL_(adult_[0-9]+_[0-9]+)\.jsonl", _INCOME.get),),
    demonstration_recordings.NAME: tuple(
        (folder, r"MODEL_([0-9]+)\.jsonl", _demonstrations(stem))
        for folder, stem in demonstration_recordings.folders()
    ),
}
BENCHMARKS = tuple(_LAYOUTS)


def read_decodingtrust(
    directory: Path, *, benchmark: str, models: Sequence[str]
) -> tuple[list[Recorded], list[Path]]:
    """Read a benchmark's recordings of one model, called by any of `models`.

    Returns the answers, and the model's files that name no setting. Raises UsageError if no file
    is of these models, listing what is there, DataError for a malformed one.
    """
    if not directory.is_dir():
        raise UsageError(f"no folder of recordings at {directory}")
    recorded: dict[str, Path] = {}
    unused = []
    for path in _of_models(directory, benchmark, models):
        setting = _setting(path, directory, benchmark, models)
        if setting is None or setting not in KNOWN[benchmark].settings:
            unused.append(path)
        elif setting in recorded:
            raise DataError(
                f"{path}: records {setting}, which {recorded[setting].name} records already"
            )
        else:
            recorded[setting] = path
    if not recorded:
        found = sorted(str(p.relative_to(directory)) for p in directory.rglob("*.jsonl"))
        raise UsageError(
            f"{directory} holds no {benchmark} recording of {' or '.join(models)}; it holds "
            f"{', '.join(found[:8]) or 'no .jsonl file'}{', ...' if len(found) > 8 else ''}"
        )
    answers = [
        answer
        for setting, path in sorted(recorded.items())
        for answer in _answers(path, benchmark=benchmark, setting=setting)
    ]
    return answers, unused


def _of_models(directory: Path, benchmark: str, models: Sequence[str]) -> list[Path]:
    folders = dict.fromkeys(folder for folder, _, _ in _LAYOUTS[benchmark])
    one = "|".join(map(re.escape, models))
    named = re.compile(rf"(?:^|_)(?:{one})(?:_|\.jsonl$)")
    return sorted(
        path
        for folder in folders
        for path in (directory / folder).glob("*.jsonl")
        if named.search(path.name)
    )


def _setting(path: Path, directory: Path, benchmark: str, models: Sequence[str]) -> str | None:
    one = "|".join(map(re.escape, models))
    for folder, pattern, name in _LAYOUTS[benchmark]:
        match = re.fullmatch(pattern.replace("MODEL", f"(?:{one})"), path.name)
        if match is not None and path.parent == directory / folder:
            return name(*match.groups())
    return None


def _answers(path: Path, *, benchmark: str, setting: str) -> Iterator[Recorded]:
    try:
        text = decode(read_bytes(path, most=LARGEST), path=path)
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from error
    for item, entry in enumerate(_entries(text, path=path, benchmark=benchmark)):
        place = Place(path, 1, item)
        match entry:
            case [[*messages], {"choices": [{"message": {"content": content}, **choice}, *_]}]:
                yield Recorded(
                    place=place,
                    benchmark=benchmark,
                    setting=setting,
                    item=item,
                    target=_target(KNOWN[benchmark].settings[setting], item=item),
                    response=Response(
                        check_answer(content, place=place),
                        _finish(choice.get("finish_reason")),
                        n_prompt_tokens=0,
                        n_new_tokens=0,
                    ),
                    asked=_asked(messages),
                )
            case _:
                place.malformed("[messages, response with choices]", entry)


def _entries(text: str, *, path: Path, benchmark: str) -> list[Any]:
    if benchmark == demonstration_recordings.NAME:
        return demonstration_recordings.entries(text, path=path)
    entries = parse_json(text, path=path)
    if not isinstance(entries, list):
        Place(path, 1).malformed("a list of [messages, response]", entries)
    return entries


def _target(setting: Setting, *, item: int) -> str | None:
    if setting.benchmark != demonstration_recordings.NAME:
        return None
    return demonstration_recordings.target_of(setting, item=item)


def _finish(reason: object) -> FinishReason:
    return FinishReason.LENGTH if reason == "length" else FinishReason.END


def _asked(messages: Sequence[Any]) -> str | None:
    match messages:
        case [*_, {"content": str(content)}]:
            return content
    return None
