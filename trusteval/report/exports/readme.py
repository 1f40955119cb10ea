"""Puts a model-index into somebody's README.md; every other byte of it stays as it is.

The metadata is not parsed and written anew: that loses comments, and turns `language: no` into
`language: false`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from trusteval.checkpoints.foreign import in_one_line
from trusteval.errors import UsageError
from trusteval.report.exports.yaml_text import yaml_text

_BLOCK = re.compile(
    r"\A(\ufeff?\s*---[ \t]*(\r\n|\r|\n))(.*?)^---[ \t]*(?=\r|\n|\Z)", re.DOTALL | re.M
)
_KEY = "model-index"
_OWN = re.compile(r"^(?:model-index|'model-index'|\"model-index\")[ \t]*:", re.MULTILINE)
_NEXT = re.compile(r"^(?![ \t\r\n#-]).", re.MULTILINE)
"""The next key; a list may stand below its own without being set in."""


def with_model_index(readme: str, index: Sequence[Mapping[str, Any]], *, origin: object) -> str:
    """Return a README.md whose metadata has the results of `index` too.

    Of a model and dataset that it has results of, those of the same metrics are replaced; all
    others stay. `origin` is where it is, for messages. Raises UsageError for metadata that cannot
    be read, or that would not be the same afterwards.
    """
    found = _BLOCK.search(readme)
    if found is None:
        if readme.startswith("---"):
            raise UsageError(f"{origin}: its first line opens metadata that no line of --- closes")
        text = yaml_text({_KEY: _merged([], index, origin=origin)})
        return f"---\n{text}---\n{readme}"
    before, newline, block = found[1], found[2], found[3]
    told = _metadata(block, origin=origin)
    merged = _merged(told.get(_KEY) or [], index, origin=origin)
    written = _spliced(block, yaml_text({_KEY: merged}).replace("\n", newline))
    if not _says(written, {**told, _KEY: merged}):
        raise UsageError(
            f"{origin}: its metadata is written in a way that cannot be changed in place; export "
            "to a new file with --out, and copy model-index from there"
        )
    return before + written + readme[found.end(3) :]


def _spliced(block: str, text: str) -> str:
    """Put `text` in the place of the block's own model-index, or behind everything."""
    own = _OWN.search(block)
    if own is None:
        return block + text
    following = _NEXT.search(block, own.end())
    end = len(block) if following is None else following.start()
    # Comments and blank lines before the next key are that key's.
    behind = re.search(
        r"(?:^[ \t]*(?:#[^\r\n]*)?(?:\r\n|\n))*\Z", block[own.end() : end], re.MULTILINE
    )
    start = end if behind is None else own.end() + behind.start()
    return block[: own.start()] + text + block[start:]


def _metadata(block: str, *, origin: object) -> dict[str, Any]:
    import yaml

    try:
        told = yaml.safe_load(block)
    except yaml.YAMLError as error:
        reason = in_one_line(error)
        raise UsageError(f"{origin}: its metadata is no YAML that can be read: {reason}") from error
    if told is None:
        return {}
    if not isinstance(told, dict):
        raise UsageError(f"{origin}: its metadata is no mapping, expected KEY: VALUE")
    return told


def _says(block: str, told: Mapping[str, Any]) -> bool:
    import yaml

    try:
        return bool(yaml.safe_load(block) == told)
    except yaml.YAMLError:
        return False


def _merged(
    there: Any, index: Sequence[Mapping[str, Any]], *, origin: object
) -> list[dict[str, Any]]:
    """Return all results; raises UsageError for a model-index that is none."""
    try:
        by_name = {element["name"]: list(element["results"]) for element in there}
        if len(by_name) != len(there):
            raise ValueError("a model twice")
        for element in index:
            kept = by_name.get(element["name"], [])
            ours = [
                (_of(result), metric)
                for result in element["results"]
                for metric in result["metrics"]
            ]
            others = [_without(result, ours) for result in kept]
            by_name[element["name"]] = [*(one for one in others if one), *element["results"]]
        told = {element["name"]: dict(element) for element in there}
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise UsageError(
            f"{origin}: its model-index is not as the hub declares it ({error}); set it right, or "
            "export to a new file with --out"
        ) from error
    return [{**told.get(name, {"name": name}), "results": of} for name, of in by_name.items()]


def _without(result: Mapping[str, Any], ours: Sequence[tuple[Any, Any]]) -> dict[str, Any] | None:
    """Return a result without the metrics that are ours too, None where nothing is left."""
    same = [(metric["type"], metric.get("name")) for of, metric in ours if of == _of(result)]
    kept = [m for m in result["metrics"] if (m["type"], m.get("name")) not in same]
    return {**result, "metrics": kept} if kept else None


def _of(result: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what a result is of: its task and dataset, whatever commit of it."""
    dataset = result["dataset"]
    return result["task"]["type"], dataset["type"], dataset.get("config"), dataset.get("split")
