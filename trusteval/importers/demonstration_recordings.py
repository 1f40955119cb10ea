"""DecodingTrust's recordings of adversarial demonstrations: a folder each, a file each seed.

A file is a list of prompt and reply, or a table of requests and responses, or the replies' texts
alone, one JSON text a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from trusteval.benchmarks import BENCHMARKS
from trusteval.importers.recorded import Place
from trusteval.system.files import parse_json
from trusteval.types import Setting

NAME = "adversarial_demonstrations"
_BACKDOOR, _EXPERIMENT = "backdoor/", "backdoor/experiment1/sst-2_"
_SPURIOUS = "spurious/"


def folders() -> Iterator[tuple[str, str]]:
    """Yield each folder of recordings, and what its settings' names have before the seed."""
    for stem in dict.fromkeys(name.rpartition("/")[0] for name in BENCHMARKS[NAME].settings):
        is_backdoor = stem.startswith(_BACKDOOR)
        yield f"{_EXPERIMENT}{stem.removeprefix(_BACKDOOR)}" if is_backdoor else stem, stem


def entries(text: str, *, path: Path) -> list[Any]:
    """Return [prompt, reply] of each answer, in the order of the items."""
    if text.lstrip()[:1] == '"':
        return [
            [[], {"choices": [{"message": {"content": parse_json(line, path=path, first_line=n)}}]}]
            for n, line in enumerate(text.removesuffix("\n").split("\n"), start=1)
        ]
    found = parse_json(text, path=path)
    if isinstance(found, Mapping):
        return _of_table(found, Place(path, 1))
    if not isinstance(found, list):
        Place(path, 1).malformed("a list of [messages, response], or a text a line", found)
    return found


def _of_table(found: Mapping[str, Any], place: Place) -> list[Any]:
    requests, responses = found.get("requests"), found.get("responses")
    if not isinstance(requests, list) or not isinstance(responses, list):
        place.malformed("lists under 'requests' and 'responses'", found)
    if len(requests) != len(responses):
        place.malformed(f"a response to each of {len(requests)} requests", len(responses))
    return [list(pair) for pair in zip(requests, responses, strict=True)]


def target_of(setting: Setting, *, item: int) -> str | None:
    """Return an item's true label where its place in a recording tells it without the data.

    Of a spurious setting the generator asks all items that are entailed first, then the others.
    """
    if not setting.name.startswith(_SPURIOUS) or setting.n_expected is None:
        return None
    entailed, other = (label.value for label in setting.labels)
    return entailed if item < setting.n_expected // 2 else other
