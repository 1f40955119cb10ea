"""What models and servers say: texts that are read, replies that are taken for answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from bench.fuzzing.edge import command, refuse_raw_controls, strictly
from bench.fuzzing.trial import Files, Form, Target
from tests.project import ROOT
from trusteval.types import Message, Role, Setting

_URL = "http://127.0.0.1:9/v1"


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
    from trusteval.answers.reader import read
    from trusteval.protocols import PROTOCOLS
    from trusteval.types import FinishReason, Response, Sample

    text = _decoded((folder / "said.txt").read_bytes())
    answers = []
    for setting, options in _settings():
        for cut in (False, True):
            answers.append(read(setting, text, options=options, truncated=cut).answer)
        sample = Sample("0", setting, "c", target=setting.labels[0].value, options=options)
        response = Response(text, FinishReason.END, 1, 1)
        for protocol in PROTOCOLS.values():
            protocol.extract(sample, response)
    return f"{len({type(answer).__name__ for answer in answers})} kinds"


def _reply_seeds(scratch: Path) -> Iterator[Files]:
    usage = {"prompt_tokens": 20, "completion_tokens": 1, "total_tokens": 21}
    message = {"role": "assistant", "content": "positive"}
    choice = {"index": 0, "message": message, "text": "positive", "finish_reason": "stop"}
    thinking = {**choice, "message": {"content": None, "reasoning_content": "hm", "refusal": None}}
    details = {"completion_tokens_details": {"reasoning_tokens": 5}}
    for reply in (
        {"id": "x", "model": "org/model", "choices": [choice], "usage": usage},
        {"model": "org/model@main", "choices": [thinking], "usage": {**usage, **details}},
        {"error": {"message": "System role not supported", "type": "x", "code": 400}},
        {"object": "error", "message": "maximum context length is 10", "detail": [{"msg": "x"}]},
    ):
        yield {"reply.json": json.dumps(reply).encode()}


def _reply(folder: Path) -> str:
    """Take the body of a reply for an answer, and for an error of any status."""
    from trusteval.engines.completions import completion, read_answer
    from trusteval.engines.endpoint import parse_endpoint
    from trusteval.engines.json_client import Rejection, Reply
    from trusteval.errors import EngineError
    from trusteval.store import ResponseStore, digest
    from trusteval.types import Response, Route

    content = (folder / "reply.json").read_bytes()
    endpoint = parse_endpoint(f"openai:{_URL}#org/model")
    prompt = (Message(Role.USER, "sentence: fine"),)
    ends = []
    with strictly():
        _refused(content)
        match _client()._read(_URL, content):
            case Reply(document):
                pass
            case Rejection() as rejection:
                refuse_raw_controls(rejection.why)
                return "no reply"
            case _:
                return "cut"
        for route in Route:
            way = replace(endpoint, route=route)
            asked = completion(prompt, way, max_new_tokens=20)
            try:
                found = read_answer(document, asked, way, index=0)
            except EngineError as error:
                refuse_raw_controls(str(error))
                ends.append(type(error).__name__)
                continue
            ends.append(type(found).__name__)
            if isinstance(found, Response):
                _kept(found, folder / "s.sqlite", digest("answer"), ResponseStore)
    return " ".join(ends)


def _kept(found: Any, path: Path, key: str, store_of: Any) -> None:
    """Put an answer into a store and get it back as it was."""
    store = store_of(path)
    store.put({"engine": "openai"}, {key: found})
    if store.get([key]) != {key: found}:
        raise AssertionError("the store returns another answer than was put")
    store.close()
    path.unlink()


@cache
def _client() -> Any:
    from trusteval.engines.api_key import ApiKey
    from trusteval.engines.json_client import JsonClient

    return JsonClient(_URL, key=ApiKey("secret-0123456789"))


def _refused(content: bytes) -> None:
    """Read the body as that of an error; its status and reason come from the server too."""
    import httpx2

    from trusteval.engines.json_client import _message
    from trusteval.engines.template_complaints import complaint, find_cure, is_of_length

    told = _message(content)
    complaint(told), find_cure(told), is_of_length(told)
    after = content[:40].decode("latin-1").replace("\r", "").replace("\n", "").replace("\x00", "")
    for status in (400, 404, 429, 500, 503):
        response = httpx2.Response(status, headers={"Retry-After": after.encode("latin-1")})
        refused = _client()._refusal(response, told[:10_000])
        refuse_raw_controls(refused.why)


def _listing_seeds(scratch: Path) -> Iterator[Files]:
    row = {
        "id": "org/model",
        "object": "model",
        "created": 1,
        "owned_by": "x",
        "max_model_len": 4096,
    }
    for rows in ([row], [{**row, "id": "other"}], [{**row, "permission": [{"id": "p"}]}, row]):
        yield {
            "models.json": json.dumps({"object": "list", "data": rows}).encode(),
            "version.json": json.dumps({"version": "0.6.1"}).encode(),
        }


class _Server:
    """A client whose server says what is in two files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def get(self, url: str, *, patience: Any) -> Any:
        name = "models.json" if url.endswith("/models") else "version.json"
        content = (self._folder / name).read_bytes()
        outcome = _client()._read(url, content)
        from trusteval.engines.json_client import Failure, Rejection, Reply

        return outcome if isinstance(outcome, Reply | Rejection) else Failure(0, "cut")


def _listing(folder: Path) -> str:
    from trusteval.engines.endpoint import parse_endpoint
    from trusteval.engines.json_client import OPENING
    from trusteval.engines.listing import Unlisted, describe_server
    from trusteval.errors import EngineError
    from trusteval.store import digest

    endpoint = parse_endpoint(f"openai:{_URL}#org/model")
    told: Any = _Server(folder)
    with strictly():
        try:
            found = asyncio.run(describe_server(told, endpoint, patience=OPENING))
        except EngineError as error:
            refuse_raw_controls(str(error))
            raise
        if isinstance(found, Unlisted):
            refuse_raw_controls(found.why)
            return "unlisted"
        digest(found)
        refuse_raw_controls(str(found["version"]))
    return "listed"


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
    from trusteval.engines.api_key import ApiKey
    from trusteval.engines.json_client import JsonClient

    text = (folder / "key.txt").read_bytes().decode(errors="surrogateescape").replace("\x00", "")
    with strictly():
        key = ApiKey.from_environment({"TRUSTEVAL_API_KEY": text})
        JsonClient(_URL, key=key)
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
    Target(
        *("reply", _reply_seeds, _reply, {"reply.json": Form.JSON}),
        inputs={"usage-*": "reply.json", "finish-*": "reply.json"},
        reads_files=False,
    ),
    Target(*("listing", _listing_seeds, _listing, {"*.json": Form.JSON}), reads_files=False),
)
