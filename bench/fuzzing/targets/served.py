"""What servers say: replies that are taken for answers, lists of models, versions.

Over a loopback socket, through the backend that a run uses.
"""

from __future__ import annotations

import json
import socketserver
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Any

from bench.fuzzing.edge import refuse_raw_controls, strictly
from bench.fuzzing.trial import Files, Form, Target
from trusteval.errors import TrustEvalError
from trusteval.types import Message, Role, Route

_MODEL = "org/model"
_HEAD = b"HTTP/1.1 200 OK\nContent-Type: application/json\nRetry-After: 0\n"
_ROW = {"id": _MODEL, "object": "model", "created": 1, "owned_by": "x", "max_model_len": 4096}
_USAGE = {"prompt_tokens": 20, "completion_tokens": 1, "total_tokens": 21}


def _replies() -> Iterator[dict[str, Any]]:
    message = {"role": "assistant", "content": "positive"}
    choice = {"index": 0, "message": message, "text": "positive", "finish_reason": "stop"}
    yield {"id": "x", "model": _MODEL, "choices": [choice], "usage": _USAGE}
    thinking = {"content": None, "reasoning_content": "hm", "refusal": None}
    usage = {**_USAGE, "completion_tokens_details": {"reasoning_tokens": 5}}
    choice = {**choice, "message": thinking}
    yield {"model": f"{_MODEL}@main", "choices": [choice], "usage": usage}


def _reply_seeds(scratch: Path) -> Iterator[Files]:
    listed = json.dumps({"object": "list", "data": [_ROW]}).encode()
    about = {"models.json": listed, "version.json": b'{"version": "0.6.1"}', "head.txt": _HEAD}
    for reply in _replies():
        yield {**about, "reply.json": json.dumps(reply).encode()}
    for status, error in (
        (400, {"error": {"message": "System role not supported", "type": "x", "code": 400}}),
        (422, {"object": "error", "message": "maximum context length is 10", "detail": [{}]}),
        (429, {"detail": "busy"}),
    ):
        head = _HEAD.replace(b"200 OK", f"{status} No".encode())
        yield {**about, "head.txt": head, "reply.json": json.dumps(error).encode()}


def _listing_seeds(scratch: Path) -> Iterator[Files]:
    whole, *_ = _reply_seeds(scratch)
    for rows in ([_ROW], [{**_ROW, "id": "other"}], [{**_ROW, "permission": [{"id": "p"}]}, _ROW]):
        yield {**whole, "models.json": json.dumps({"object": "list", "data": rows}).encode()}


class _Handler(socketserver.StreamRequestHandler):
    """Says what lies in the server's folder, and hangs up."""

    server: _Server
    timeout = 5

    def handle(self) -> None:
        asked = self.rfile.readline().decode("latin-1").split()
        length = 0
        while line := self.rfile.readline().strip():
            name, _, value = line.decode("latin-1").partition(":")
            length = int(value) if name.lower() == "content-length" else length
        self.rfile.read(length)
        path = asked[1] if len(asked) > 1 else ""
        name = next((n for part, n in _PLACES.items() if path.endswith(part)), "reply.json")
        head = self.server.read("head.txt") if name == "reply.json" else _HEAD
        body = self.server.read(name)
        if b"content-length" not in head.lower() and b"chunked" not in head.lower():
            head += f"Content-Length: {len(body)}\n".encode()
        self.wfile.write(head.replace(b"\r", b"").replace(b"\n", b"\r\n"))
        self.wfile.write(b"Connection: close\r\n\r\n" + body)


_PLACES = {"/models": "models.json", "/version": "version.json"}


class _Server(socketserver.ThreadingTCPServer):
    """A server of this process; `folder` is what it says now."""

    daemon_threads = True
    folder = Path()

    def read(self, name: str) -> bytes:
        file = self.folder / name
        return file.read_bytes() if file.is_file() else b""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Let a client hang up."""


@cache
def _server() -> _Server:
    server = _Server(("127.0.0.1", 0), _Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    return server


def _ask(folder: Path) -> str:
    """Ask a served model by every route, and keep its answers."""
    from trusteval.engines.served.api_key import ApiKey
    from trusteval.engines.served.endpoint import parse_endpoint
    from trusteval.engines.served.openai import OpenAIBackend
    from trusteval.engines.served.patience import Patience
    from trusteval.engines.served.servers import Servers
    from trusteval.types import Variant

    server = _server()
    server.folder = folder
    brief = Patience(reply=1.0, total=1.05, first_pause=0.01, longest_pause=0.02)
    url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    ends = []
    for route in Route:
        endpoint = parse_endpoint(f"openai:{url}#{_MODEL}?route={route}")
        backend = OpenAIBackend(
            endpoint, Servers(patience=brief, opening=brief, key=ApiKey("secret-0123456789"))
        )
        variant = Variant(name="dense", method="dense", bits=16, served=endpoint)
        with strictly():
            try:
                ends.append(_answered(backend, variant, folder / f"{route}.sqlite"))
            except TrustEvalError as error:
                refuse_raw_controls(str(error))
                if "secret-0123" in str(error):
                    raise AssertionError("the key is shown") from error
                ends.append(type(error).__name__)
    return " ".join(ends)


def _answered(backend: Any, variant: Any, path: Path) -> str:
    """Put answers into a store under what the server says of itself, and get them back."""
    from trusteval.store import ResponseStore
    from trusteval.system.digests import digest

    context = backend.context(variant)
    refuse_raw_controls(*map(str, backend.notes(variant).values()))
    engine = backend.open(variant)
    try:
        prompts = [(Message(Role.USER, "sentence: fine"),)]
        said = {
            at: r for some in engine.generate(prompts, max_new_tokens=20) for at, r in some.items()
        }
    finally:
        engine.close()
    store = ResponseStore(path)
    kept = {digest([at]): response for at, response in said.items()}
    store.put(context, kept)
    if store.get(list(kept)) != kept:
        raise AssertionError("the store returns another answer than was put")
    store.close()
    return f"{len(said)} answers"


SERVED = (
    Target(
        *("reply", _reply_seeds, _ask, {"reply.json": Form.JSON, "head.txt": Form.TEXT}),
        inputs={"usage-*": "reply.json", "finish-*": "reply.json"},
        reads_files=False,
    ),
    Target(
        *("listing", _listing_seeds, _ask, {"models.json": Form.JSON, "version.json": Form.JSON}),
        reads_files=False,
    ),
)
