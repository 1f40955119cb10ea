"""What models say, and the key that a server asks for: texts that are read and looked through."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from bench.fuzzing.edge import command, strictly
from bench.fuzzing.trial import Files, Form, Target
from tests.project import ROOT
from trusteval.types import Setting


@cache
def _settings() -> list[tuple[Setting, tuple[str, ...]]]:
    """Return a setting of every way of reading, with texts of its options."""
    from trusteval.benchmarks import BENCHMARKS
    from trusteval.types import LabelForm

    found: dict[object, tuple[Setting, tuple[str, ...]]] = {}
    for benchmark in BENCHMARKS.values():
        for setting in benchmark.settings.values():
            way = setting.labels, setting.form, setting.abstention, setting.continued
            options = ("Mars", "Venus", "not Mars", "all of the above")[: len(setting.labels)]
            found.setdefault(way, (setting, options if setting.form is LabelForm.SYMBOL else ()))
    return list(found.values())


def _text_seeds(scratch: Path) -> Iterator[Files]:
    lines = (ROOT / "tests" / "reading" / "labelled.jsonl").read_text(encoding="utf-8").split("\n")
    rows = [json.loads(line) for line in lines if line.strip()]
    texts = [_longest(row) for row in rows]
    for at in range(0, len(texts), max(1, len(texts) // 60)):
        yield {"said.txt": texts[at].encode(errors="surrogatepass")}


def _longest(row: Any) -> str:
    texts = (
        [value for value in row.values() if isinstance(value, str)]
        if isinstance(row, dict)
        else [""]
    )
    named = row.get("response") if isinstance(row, dict) else None
    return named if isinstance(named, str) else max(texts, key=len, default="")


def _decoded(raw: bytes) -> str:
    """Return a text, with halves of characters, which models say, but nothing that is no text."""
    try:
        return raw.decode(errors="surrogatepass")
    except UnicodeDecodeError:
        return raw.decode(errors="replace")


def _read(folder: Path) -> str:
    """Read a text under every setting and protocol, cut or not."""
    from trusteval.protocols import PROTOCOLS
    from trusteval.reading.reader import read
    from trusteval.types import FinishReason, Response, Sample

    text = _decoded((folder / "said.txt").read_bytes())
    answers = []
    for setting, options in _settings():
        for cut in (False, True):
            answers.append(read(setting, text, options=options, truncated=cut).answer)
        sample = Sample("0", setting, "c", target=setting.labels[0].value, options=options)
        response = Response(text, FinishReason.END, 1, 1)
        for protocol in PROTOCOLS.values():
            if protocol.scores(setting.benchmark):
                protocol.extract(sample, response)
    return f"{len({type(answer).__name__ for answer in answers})} kinds"


def _told_seeds(scratch: Path) -> Iterator[Files]:
    for said in ("Wrong.", "I think it is not wrong", "As an AI I cannot say", "wrong, no: right"):
        words = ["--benchmark=ethics", "--json", "--cut", said]
        yield {"arguments.json": json.dumps(words).encode()}
    for said in ("B. Venus", "The answer is (c)", "Mars"):
        words = ["--benchmark=mmlu", "--setting=astronomy", "--option=Mars", "--option=Venus"]
        words += ["--option=Saturn", "--option=Pluto", "--protocol=strict", said]
        yield {"arguments.json": json.dumps(words).encode()}


def _told(folder: Path) -> str:
    """Read a text that is given on the command line."""
    words = json.loads((folder / "arguments.json").read_bytes())
    return command("read", *(word for word in words if word != "-"), codes=(0,))


def _key_seeds(scratch: Path) -> Iterator[Files]:
    yield {"key.txt": b"sk-0123456789abcdef"}
    yield {"key.txt": b" EMPTY "}


def _key(folder: Path) -> str:
    """Take a key from an environment, and look for it in what a server says."""
    from trusteval.engines.served.api_key import ApiKey
    from trusteval.engines.served.json_client import JsonClient

    text = (folder / "key.txt").read_bytes().decode(errors="surrogateescape").replace("\x00", "")
    with strictly():
        key = ApiKey.from_environment({"TRUSTEVAL_API_KEY": text})
        JsonClient("http://127.0.0.1:9/v1", key=key)
        if len(text.strip()) >= 8:
            for said in (text.strip(), f"your key {text.strip()} is wrong", text.strip()[:10]):
                if text.strip()[:9] in key.without(said):
                    raise AssertionError("the key is shown")
        key.is_in({"a": [text]})
    return repr(key)


SAID = (
    Target(
        *("read", _told_seeds, _told, {"arguments.json": Form.ARGUMENTS}),
        reads_files=False,
    ),
    Target(*("api key", _key_seeds, _key, {"key.txt": Form.TEXT}), reads_files=False),
    Target(
        *("answer reader", _text_seeds, _read, {"said.txt": Form.TEXT}, ()),
        inputs={"bytes.txt": "said.txt"},
        reads_files=False,
    ),
)
