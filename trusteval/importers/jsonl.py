"""trusteval's interchange format: one JSON object per line, one answer per object.

    {"benchmark": "ethics", "setting": "jailbreak_1", "item": "17", "response": "Wrong."}

`item` is the 0-based row in the source file (ethics: within the short subset). A line may carry
`target` (and `group`, `options`) where the data is not at hand, and `finish_reason`, "length" for
an answer that was cut off.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from trusteval.errors import DataError
from trusteval.importers.recorded import LARGEST, Place, Recorded, check_answer
from trusteval.system.bounded import read_bytes
from trusteval.system.files import decode, parse_json
from trusteval.types import FinishReason, Response

_REQUIRED = ("benchmark", "setting", "item", "response")
_OPTIONAL = ("target", "group", "options", "finish_reason")
_FINISHED = {
    **dict.fromkeys((None, "stop", "end"), FinishReason.END),
    "length": FinishReason.LENGTH,
}
_ITEM = re.compile(r"0|[1-9][0-9]{0,9}")


def read_jsonl(path: Path) -> list[Recorded]:
    """Read every line of a recording, blank ones skipped.

    Raises DataError with file and line for what is no such line.
    """
    try:
        text = decode(read_bytes(path, most=LARGEST), path=path)
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from error
    return [
        _recorded(parse_json(line, path=path, first_line=number), Place(path, number))
        # Not splitlines: a JSON text may hold a line separator of Unicode's.
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip()
    ]


def _recorded(values: Any, place: Place) -> Recorded:
    if not isinstance(values, dict):
        place.malformed("a JSON object", values)
    absent = [key for key in _REQUIRED if key not in values]
    unknown = [key for key in values if key not in (*_REQUIRED, *_OPTIONAL)]
    if absent or unknown:
        place.malformed(
            f"the keys {', '.join(_REQUIRED)} and at most {', '.join(_OPTIONAL)}", list(values)
        )
    finish = values.get("finish_reason")
    if not isinstance(finish, str | None) or finish not in _FINISHED:
        place.malformed('"stop", "end" or "length" as finish_reason', finish)
    answer = check_answer(values["response"], place=place)
    return Recorded(
        place=place,
        benchmark=_text(values, "benchmark", place),
        setting=_text(values, "setting", place),
        item=_item(values["item"], place),
        response=Response(answer, _FINISHED[finish], n_prompt_tokens=0, n_new_tokens=0),
        target=_text(values, "target", place) if "target" in values else None,
        group=_text(values, "group", place) if "group" in values else None,
        options=_options(values.get("options", []), place),
    )


def _text(values: dict[str, Any], key: str, place: Place) -> str:
    value = values[key]
    if not isinstance(value, str) or not value:
        place.malformed(f"a text as {key}", value)
    return value


def _item(value: object, place: Place) -> int:
    shown = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(shown, str) or not _ITEM.fullmatch(shown):
        place.malformed("a row number, counted from 0, as item", value)
    return int(shown)


def _options(value: object, place: Place) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(option, str) for option in value):
        place.malformed("a list of texts as options", value)
    return tuple(value)
