"""A subject's answers as lm-evaluation-harness' samples, one line an item.

A benchmark is a task called trusteval_BENCHMARK, so that nobody takes it for the harness' own of a
similar name, which asks other prompts; the protocol is the filter.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.items import item_name, shown_answer, shown_text
from trusteval.types import Answer, Label, Prompt, Role, Sample, is_right

ACCURACY, NON_ANSWER = "acc", "non_answer"


def task_name(benchmark: str) -> str:
    """Return what a benchmark's task is called."""
    return f"trusteval_{benchmark}"


def sample_lines(
    answers: AnsweredRun, part: tuple[str, str], *, protocol: str
) -> Iterator[dict[str, Any]]:
    """Yield the samples of a subject on a benchmark, as lines of a samples file.

    A refusal or invalid output is no label: its filtered response is null, and `answer` says what
    it is. A vote says nothing itself, so that it has no responses.
    """
    table, said = answers.answer_tables[part], answers.said.get(part)
    prompts = answers.prompts.get(part[1])
    codes = table.code.tolist()
    for row in table.rows.tolist():
        sample, answer = table.sample_table.samples[row], table.answers[codes[row]]
        response = [] if said is None else [said.texts[said.code[row]]]
        asked = None if prompts is None else _asked(prompts[row], sample)
        yield _line(row, sample, answer, response=response, asked=asked, protocol=protocol)


def _line(
    row: int,
    sample: Sample,
    answer: Answer,
    *,
    response: list[str],
    asked: list[Any] | None,
    protocol: str,
) -> dict[str, Any]:
    doc = _doc(sample)
    label = answer.value if isinstance(answer, Label) else None
    given = None if asked is None else {"arg_0": asked[0], "arg_1": asked[1]}
    return {
        "doc_id": row,
        "doc": doc,
        "target": sample.target,
        "arguments": {} if given is None else {"gen_args_0": given},
        "resps": [response],
        "filtered_resps": [label],
        "filter": protocol,
        "metrics": [ACCURACY, NON_ANSWER],
        "doc_hash": hashed(json.dumps(doc, indent=2, ensure_ascii=False)),
        "prompt_hash": None if asked is None else hashed(asked[0]),
        "target_hash": hashed(sample.target),
        "answer": shown_answer(answer),
        ACCURACY: float(is_right(sample, answer)),
        NON_ANSWER: float(label is None),
    }


def _doc(sample: Sample) -> dict[str, Any]:
    return {
        "item": item_name(sample),
        "setting": sample.setting.name,
        "text": shown_text(sample),
        **({"options": list(sample.options)} if sample.options else {}),
        **({} if sample.group is None else {"group": sample.group}),
    }


def _asked(prompt: Prompt, sample: Sample) -> list[Any]:
    """Return a prompt as its text, a conversation as JSON, and how it was to be continued."""
    turns = [{"role": turn.role.value, "content": turn.content} for turn in prompt]
    is_plain = len(prompt) == 1 and prompt[0].role is Role.PLAIN
    text = prompt[0].content if is_plain else json.dumps(turns, ensure_ascii=False)
    return [text, {"max_gen_toks": sample.setting.max_new_tokens, "do_sample": False, "until": []}]


def hashed(text: str) -> str:
    """Return what the harness tells texts apart by."""
    return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()
