"""An OpenAI-compatible server on a loopback socket that fails as it is told to."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any

MODEL = "org/model-4bit"


@dataclass(frozen=True)
class Said:
    """One way to answer a request: bytes under a status, cut off after `cut` of them."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Endless:
    """Write `first`, then `again` and again, with a `pause`, until the client goes away."""

    first: bytes
    again: bytes
    pause: float = 0.0


@dataclass(frozen=True)
class Hang:
    """Say nothing until the client goes away."""


@dataclass(frozen=True)
class HangUp:
    """Close the connection without a word."""


Action = Said | Endless | Hang | HangUp
Request = Mapping[str, Any]


def said(document: object, **given: Any) -> Said:
    """Answer with a JSON document."""
    return Said(body=json.dumps(document).encode(), **given)


def reply(text: object, *, chat: bool = True, **changes: Any) -> dict[str, Any]:
    """Return a reply as servers give it, some of its fields changed or, where None, left out."""
    choice = {"index": 0, "finish_reason": "stop"}
    choice |= {"message": {"role": "assistant", "content": text}} if chat else {"text": text}
    whole = {
        "id": "r1",
        "model": MODEL,
        "choices": [choice],
        "usage": {"prompt_tokens": 9, "completion_tokens": 2},
    }
    return {key: value for key, value in (whole | changes).items() if value is not None}


def asked_text(request: Request) -> str:
    """Return the end of what a request asks."""
    return str(request["prompt"] if "prompt" in request else request["messages"][-1]["content"])


class FaultServer(ThreadingHTTPServer):
    """Takes one of `plan` for each request for an answer, then answers "said: ...".

    `decide`, where given, answers instead of the plan. `most` is the largest number of answers
    that were asked for at once, `abandoned` how many hanging requests the client gave up.
    """

    daemon_threads = True
    # Clients go away in the middle of an answer here; that is no news.
    handle_error = staticmethod(lambda *_: None)

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.plan: list[Action] = []
        self.decide: Callable[[Request], Action | None] = lambda request: None
        self.listing: Action = said(
            {"data": [{"id": MODEL, "created": 1, "max_model_len": 512, "permission": [{"id": 1}]}]}
        )
        self.version: Action = Said(status=404)
        self.requests: list[Request] = []
        self.paths: list[str] = []
        self.keys: list[str | None] = []
        self.cookies: list[str | None] = []
        self.times: list[float] = []
        self.changed = Condition()
        self.running = self.most = self.abandoned = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def wait_until(self, claim: Callable[[FaultServer], bool]) -> bool:
        """Wait until a claim about this server is true."""
        with self.changed:
            return self.changed.wait_for(lambda: claim(self), timeout=20)

    @contextmanager
    def counting(self) -> Iterator[None]:
        with self.changed:
            self.running += 1
            self.most = max(self.most, self.running)
            self.changed.notify_all()
        yield
        with self.changed:
            self.running -= 1
            self.changed.notify_all()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else every answer waits 40 ms for an acknowledgement
    server: FaultServer

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        self.server.cookies.append(self.headers["Cookie"])
        described = {"/v1/models": self.server.listing, "/version": self.server.version}
        self._do(described.get(self.path, Said(status=404)))

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.counting():
            with self.server.changed:
                self.server.paths.append(self.path)
                self.server.requests.append(request)
                self.server.keys.append(self.headers["Authorization"])
                self.server.cookies.append(self.headers["Cookie"])
                self.server.times.append(time.monotonic())
                planned = self.server.plan.pop(0) if self.server.plan else None
            action = self.server.decide(request) or planned
        text = f"said: {asked_text(request)}"
        self._do(action or said(reply(text, chat="prompt" not in request)))

    def _do(self, action: Action) -> None:
        match action:
            case Hang():
                with self.server.counting():
                    self.connection.recv(1)
                    with self.server.changed:
                        self.server.abandoned += 1
                self.close_connection = True
            case HangUp():
                self.close_connection = True
            case Endless():
                self.close_connection = True
                self.wfile.write(action.first)
                with self.server.counting(), suppress(OSError):
                    while True:
                        self.wfile.write(action.again)
                        time.sleep(action.pause)
                with self.server.changed:
                    self.server.abandoned += 1
            case Said():
                self.send_response(action.status, action.reason)
                for name, value in action.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(action.body)))
                self.end_headers()
                self.wfile.write(action.body[: action.cut])
                self.close_connection = action.cut is not None

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@contextmanager
def serving() -> Iterator[FaultServer]:
    """Run a server in a thread for as long as it is needed."""
    with FaultServer() as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
