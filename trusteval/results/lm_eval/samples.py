"""Reads the samples of one task of lm-evaluation-harness: a line per document and filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from trusteval.errors import TrackingError
from trusteval.results.answered import Answered
from trusteval.results.content import content_key, shown_document
from trusteval.results.documents import Entry, read_objects
from trusteval.types import FinishReason, Response

_PLAIN = "none"
"""The filter that filters nothing; alone, it is not named."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How a task was asked, as far as its lines are read by it.

    `generates` says that responses are texts, not likelihoods; `choices` are the words that a
    target's number stands for, none where they differ from item to item.
    """

    generates: bool
    choices: Sequence[str] = ()


@dataclass(slots=True)
class _Document:
    """What has been read of one document."""

    answered: Answered
    earned: dict[tuple[str, str], object] = field(default_factory=dict)
    filters: set[str] = field(default_factory=set)


def read_samples(path: Path, *, asked: Asked) -> list[Answered]:
    """Return a task's documents, with the metrics of all their filters, in any order of lines.

    Raises TrackingError, with file and line, for what is damaged, of another version, or of two
    runs in one file.
    """
    documents: dict[str, _Document] = {}
    filters: set[str] = set()
    for line in read_objects(path):
        name = _name(line)
        key = _key(line)
        document = documents.get(name)
        if document is None:
            document = documents[name] = _Document(_answered(line, name, key, asked))
        which = line.text("filter")
        if which in document.filters or document.answered.key != key:
            raise TrackingError(
                f"{line.place}: document {name} stands here twice; two runs are in one file: "
                "separate them, or run lm_eval again into an empty folder"
            )
        document.filters.add(which)
        document.earned |= {(metric, which): line.values.get(metric) for metric in _metrics(line)}
        filters.add(which)
    if not documents:
        raise TrackingError(f"{path} is empty; run lm_eval again with --log_samples")
    bare = filters == {_PLAIN}
    return [_with_metrics(document, bare=bare) for document in documents.values()]


def _with_metrics(document: _Document, *, bare: bool) -> Answered:
    values = {
        metric if bare else f"{metric},{which}": value
        for (metric, which), value in document.earned.items()
    }
    return replace(document.answered, values=values)


def _name(line: Entry) -> str:
    name = line.values.get("doc_id")
    if isinstance(name, bool) or not isinstance(name, int | str):
        line.malformed("a number under 'doc_id'", name)
    return str(name)


def _metrics(line: Entry) -> list[str]:
    metrics = line.items("metrics")
    if not all(isinstance(metric, str) and metric in line.values for metric in metrics):
        line.malformed("a value of each metric", metrics)
    return metrics


def _key(line: Entry) -> str:
    document = line.values.get("doc")
    if document:
        return content_key(document)
    return line.text("doc_hash")  # some leave out what they may not show


def _answered(line: Entry, name: str, key: str, asked: Asked) -> Answered:
    document = line.optional_part("doc").values
    return Answered(
        name=name,
        key=key,
        text=shown_document(document) if document else "",
        target=_target(line, asked),
        values={},
        prompt_key=line.optional_text("prompt_hash"),
        responses=_responses(line) if asked.generates else (),
        options=_options(document.get("choices")),
    )


def _target(line: Entry, asked: Asked) -> str:
    target = line.values.get("target")
    text = target if isinstance(target, str) else "" if target is None else str(target)
    if text.isascii() and text.isdigit() and int(text) < len(asked.choices):
        return asked.choices[int(text)]
    return text


def _responses(line: Entry) -> tuple[Response, ...]:
    requests = line.items("resps")
    said = requests[0] if requests else []
    if not isinstance(said, list) or not all(isinstance(text, str) for text in said):
        line.malformed("a list of texts per request under 'resps'", said)
    # Whether a text was cut at the token limit is not recorded.
    return tuple(Response(text, FinishReason.END, 0, 0) for text in said)


def _options(choices: Any) -> tuple[str, ...]:
    if isinstance(choices, list) and all(isinstance(choice, str) for choice in choices):
        return tuple(choices)
    return ()
