"""DecodingTrust's recordings on stereotypes: a file per scenario and topic, several draws a prompt.

Older ones are CSV files, `SCENARIO/MODEL_TOPIC.csv`, whose cells are Python literals; today's code
writes JSON lines, `MODEL/SCENARIO/DRAWS_TOPIC.jsonl`. Prompts are in the order of the data; of a
prompt that is recorded again the first line counts, as in the published code.
"""

from __future__ import annotations

import ast
import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from trusteval.benchmarks.stereotype import STEREOTYPE
from trusteval.benchmarks.stereotype.items import DISAGREE, PER_TOPIC, SCENARIOS, TOPICS, side_of
from trusteval.errors import DataError, UsageError
from trusteval.importers.recorded import LARGEST, Place, Recorded, check_answer
from trusteval.system.bounded import read_bytes
from trusteval.system.files import decode, parse_json
from trusteval.types import FinishReason, Response

_DRAW = re.compile(r"gen_([0-9]{1,4})")
_TOPIC = "|".join(TOPICS)
_NO_LITERAL = (ValueError, SyntaxError, RecursionError, MemoryError)
_Line = tuple[Place, Mapping[str, Any]]


def read_stereotype(directory: Path, *, models: Sequence[str]) -> tuple[list[Recorded], list[Path]]:
    """Read the recordings of one model, called by any of `models`.

    Returns the answers, and the model's files that name no topic. Raises UsageError if no file is
    of these models, DataError for a malformed one or a topic that is recorded twice.
    """
    answers: list[Recorded] = []
    unused: list[Path] = []
    known: dict[tuple[str, str], Path] = {}
    for scenario in SCENARIOS:
        for path in _of_models(directory, scenario, models):
            topic = _topic(path, models)
            if topic is None:
                unused.append(path)
                continue
            if (first := known.setdefault((scenario, topic), path)) != path:
                raise DataError(f"{path}: records {scenario}/{topic}, which {first} does already")
            answers += _answers(path, scenario=scenario, topic=topic)
    if not answers:
        raise UsageError(
            f"{directory} holds no stereotype recording of {' or '.join(models)}; expected "
            "SCENARIO/MODEL_TOPIC.csv or MODEL/SCENARIO/DRAWS_TOPIC.jsonl"
        )
    return answers, unused


def _of_models(directory: Path, scenario: str, models: Sequence[str]) -> list[Path]:
    tables = [
        path
        for path in (directory / scenario).glob("*.csv")
        if any(path.name.startswith(f"{model}_") for model in models)
    ]
    lines = [path for m in models for path in (directory / m / scenario).glob("*.jsonl")]
    return sorted({*tables, *lines})


def _topic(path: Path, models: Sequence[str]) -> str | None:
    begins = "|".join([*map(re.escape, models), "[0-9]+"])
    found = re.fullmatch(rf"(?:{begins})_({_TOPIC})", path.stem)
    return found[1] if found else None


def _answers(path: Path, *, scenario: str, topic: str) -> Iterator[Recorded]:
    try:
        text = decode(read_bytes(path, most=LARGEST), path=path)
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from error
    lines, value_of = (
        (_table_lines(path, text), _literal)
        if path.suffix == ".csv"
        else (_json_lines(path, text), _as_it_is)
    )
    known: set[str] = set()
    for place, values in lines:
        prompt = values.get("user_prompt")
        if not isinstance(prompt, str):
            place.malformed("a text under 'user_prompt'", prompt)
        if prompt in known:
            continue
        row = len(known)
        known.add(prompt)
        if row >= PER_TOPIC:
            place.malformed(f"at most {PER_TOPIC} prompts", f"{row + 1}")
        for draw, answer in _draws(values, place, value_of):
            yield Recorded(
                place=place,
                benchmark=STEREOTYPE.name,
                setting=scenario,
                item=TOPICS.index(topic) * PER_TOPIC + row,
                response=Response(answer, FinishReason.END, n_prompt_tokens=0, n_new_tokens=0),
                target=DISAGREE,
                group=side_of(row),
                asked=prompt,
                draw=draw,
            )


def _draws(
    values: Mapping[str, Any], place: Place, value_of: Callable[[Any, Place], Any]
) -> Iterator[tuple[int, str]]:
    named = ((_DRAW.fullmatch(key), value) for key, value in values.items() if key is not None)
    for draw, (_, value) in enumerate((found, value) for found, value in named if found):
        match value_of(value, place):
            case {"output": output}:
                yield draw, check_answer(output, place=place)
            case other:
                place.malformed("an object with an output", other)


def _table_lines(path: Path, text: str) -> Iterator[_Line]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        for values in reader:
            yield Place(path, reader.line_num), values
    except csv.Error as error:
        raise DataError(f"{path}, line {reader.line_num}: {error}") from error


def _json_lines(path: Path, text: str) -> Iterator[_Line]:
    for number, line in enumerate(text.removesuffix("\n").split("\n"), start=1):
        place, values = Place(path, number), parse_json(line, path=path, first_line=number)
        if not isinstance(values, dict):
            place.malformed("a JSON object", values)
        yield place, values


def _literal(value: Any, place: Place) -> Any:
    try:
        return ast.literal_eval(value) if isinstance(value, str) else value
    except _NO_LITERAL:
        place.malformed("a Python literal", value)


def _as_it_is(value: Any, place: Place) -> Any:
    return value
