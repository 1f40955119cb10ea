"""What is read of a server's replies, and what is not: each bound, named by what refuses it."""

from __future__ import annotations

import gzip
import json
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.fault_server import MODEL, Action, Endless, FaultServer, Said, reply, said, serving
from trusteval.engines.served.api_key import ApiKey
from trusteval.engines.served.bounds import BOUNDS, Bounds
from trusteval.engines.served.endpoint import parse_endpoint
from trusteval.engines.served.engine import OpenAIEngine
from trusteval.engines.served.openai import OpenAIBackend
from trusteval.engines.served.patience import Patience
from trusteval.engines.served.servers import Servers
from trusteval.errors import EngineError, PromptError
from trusteval.run.subjects import dense_variant
from trusteval.types import Endpoint, Message, Response, Role

KEY = "sk-very-secret-0123456789"
DENSE = dense_variant()
PATIENT = Patience(reply=10.0, total=30.0, first_pause=0.01, longest_pause=0.04)
ONCE = Patience(reply=10.0, total=10.0, first_pause=0.01)
BRIEF = Patience(reply=0.3, total=0.5, first_pause=0.01, longest_pause=0.01)
TIGHT = Bounds(answer=4000, listing=3000, version=300, error=500, headers=20)
PROMPT = (Message(Role.SYSTEM, "Be brief."), Message(Role.USER, "question"))
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n" * 1000
HINTS = b"HTTP/1.1 103 Early Hints\r\nX: " + b"y" * 9000 + b"\r\n\r\n"
CHUNK = b"400\r\n" + b"a" * 1024 + b"\r\n"


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TRUSTEVAL_API_KEY", "OPENAI_API_KEY", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with serving() as running:
        yield running


@pytest.fixture
def opened(server: FaultServer) -> Iterator[Callable[..., OpenAIEngine]]:
    engines: list[OpenAIEngine] = []

    def open_engine(**given: object) -> OpenAIEngine:
        engines.append(backend(server, **given).open(DENSE))
        return engines[-1]

    yield open_engine
    for engine in engines:
        engine.close()


def backend(server: FaultServer, *, dense: Endpoint | None = None, **given: Any) -> OpenAIBackend:
    plain = {"patience": PATIENT, "opening": PATIENT, "bounds": TIGHT, "key": ApiKey()}
    at = dense or parse_endpoint(f"{server.url}#{MODEL}")
    return OpenAIBackend(at, Servers(**{**plain, **given}))


def answer(engine: OpenAIEngine) -> Response:
    (group,) = engine.generate([PROMPT], max_new_tokens=6)
    return group[0]


def refusal(ask: Callable[[], object]) -> str:
    """Return the one line that refuses, which a terminal can show."""
    with pytest.raises(EngineError) as raised:
        ask()
    assert str(raised.value).isprintable()
    return str(raised.value)


def listing(**changes: object) -> Said:
    return said({"data": [{"id": MODEL, "created": 1, **changes}]})


# -- bodies ------------------------------------------------------------------------------

BOMB = gzip.compress(b'{"a": "' + b"a" * 20_000 + b'"}')
TOO_MUCH: list[tuple[Action, str]] = [
    (said(reply("x", padding="x" * 4000)), "a reply of more than 4000 bytes"),
    (Endless(CHUNKED, CHUNK), "a reply of more than 4000 bytes"),
    (Endless(OK + b"\r\n", b"a" * 1000), "a reply of more than 4000 bytes"),
    (Said(body=BOMB, headers={"Content-Encoding": "gzip"}), "unpacks to more than 4000 bytes"),
    (Said(body=BOMB, headers={"Content-Encoding": " X-GZip"}), "unpacks to more than 4000 bytes"),
    (Said(body=b"{}", headers={"Content-Encoding": "gzip"}), "a reply in gzip: truncated or no gz"),
    (Said(body=b"{}", headers={"Content-Encoding": "br"}), "in the Content-Encoding 'br', which"),
    (Said(body=BOMB, headers={"Content-Encoding": "gzip, gzip"}), "Encoding 'gzip, gzip', which"),
    (Said(body=b"{}", headers={"Content-Encoding": "\x1b[2J" * 99}), "Content-Encoding '"),
    (Said(body=b"{}", headers={f"X-{n}": "y" for n in range(20)}), "headers (at most 20)"),
    (Said(body=b"{}", headers={"X": "y" * 200_000}), "more than the 100 KiB of headers"),
    (Endless(OK, b"X-A: b\r\n" * 1000), "more than the 100 KiB of headers"),
    (Endless(CHUNKED + b"0\r\n", b"X-A: b\r\n" * 1000), "more than the 100 KiB of headers"),
    (Endless(b"", CONTINUE), "more than 262144 bytes came before a reply began"),
    (Endless(b"", HINTS), "more than 262144 bytes came before a reply began"),
    (Said(body=b"[" * 3000), "200 with JSON nested more than 64 levels deep"),
    (Said(body=b'{"a":' * 65 + b"1" + b"}" * 65), "200 with JSON nested more than 64 levels deep"),
    (Said(body=b'["x",' + b"9" * 3900 + b'e999999,"y",\x1b]'), "200 with what is no JSON: '["),
]


@pytest.mark.parametrize(("action", "told"), TOO_MUCH, ids=range(len(TOO_MUCH)))
def test_reply_beyond_a_bound_is_refused_at_once_and_names_it(
    server, opened, action: Action, told: str
) -> None:
    server.decide = lambda request: action
    engine = opened()
    message = refusal(lambda: answer(engine))
    assert told in message
    assert len(message) < 500
    assert len(server.requests) == 1
    assert not isinstance(action, Endless) or server.wait_until(lambda it: it.abandoned == 1)


def test_number_of_too_many_digits_is_refused(server, opened) -> None:
    server.decide = lambda request: Said(body=b'{"x":' + b"9" * 5000 + b"}")
    message = refusal(lambda: answer(opened(bounds=BOUNDS)))
    assert message.endswith("200 with JSON with a number of more than 4300 digits")


@pytest.mark.parametrize("ending", [{}, {"Content-Encoding": "gzip"}])
def test_memory_for_a_reply_is_bounded(server, opened, ending: dict[str, str]) -> None:
    packing = zlib.compressobj(9, zlib.DEFLATED, 31)
    mib = b"a" * (1 << 20)
    body = b"".join(packing.compress(mib) for _ in range(64)) + packing.flush()
    server.decide = lambda request: (
        Said(body=body, headers=ending)
        if ending
        else Endless(CHUNKED, b"100000\r\n" + mib + b"\r\n")
    )
    engine = opened(bounds=BOUNDS)
    tracemalloc.start()
    message = refusal(lambda: answer(engine))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "more than 1 MiB" in message
    assert peak < 16 << 20


def test_gzip_that_nobody_asked_for_is_read_within_the_bound(server, opened) -> None:
    body = gzip.compress(json.dumps(reply("fine")).encode())
    server.decide = lambda request: Said(body=body, headers={"Content-Encoding": "gzip"})
    assert answer(opened()).text == "fine"


@pytest.mark.parametrize(
    "error",
    [
        Said(status=400, body=b"no such thing" + b"x" * 9000),
        Endless(
            b"HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n1f4\r\nno such thing"
            + b"x" * 487
            + b"\r\n",
            CHUNK,
        ),
    ],
)
def test_beginning_of_an_endless_error_is_told(server, opened, error: Action) -> None:
    server.decide = lambda request: error
    message = refusal(lambda: answer(opened()))
    assert "400 Bad Request (a reply of more than 500 bytes): no such thing" in message
    assert len(message) < 400


def test_error_that_may_pass_is_tried_again_however_long(server, opened) -> None:
    server.plan = [Said(status=503, body=b"x" * 9000)]
    assert answer(opened()).text == "said: question"


def test_reply_that_trickles_ends_with_the_patience(server, opened) -> None:
    server.decide = lambda request: Endless(OK + b"Content-Length: 9999\r\n\r\n{", b" ", pause=0.02)
    engine = opened(patience=BRIEF)
    began = time.monotonic()
    message = refusal(lambda: answer(engine))
    assert message.endswith("the last time: no whole reply within 0.3 s")
    assert time.monotonic() - began < 5


def test_longest_honest_reply_is_read(server, opened) -> None:
    thought = {"message": {"content": "fine", "reasoning_content": "hm. " * 20_000}}
    whole = reply("x") | {"choices": [{"finish_reason": "stop", **thought}]}
    server.decide = lambda request: said(whole, headers={f"X-{n}": "y" * 400 for n in range(100)})
    assert answer(opened(bounds=BOUNDS)).text == "fine"


# -- what a server says of itself --------------------------------------------------------


@pytest.mark.parametrize(
    ("list_of_models", "told"),
    [
        (listing(owned_by="x" * 3000), "does not list its models: a reply of more than 3000 bytes"),
        (Endless(CHUNKED, CHUNK), "does not list its models: a reply of more than 3000 bytes"),
        (Said(body=BOMB, headers={"Content-Encoding": "gzip"}), "unpacks to more than 3000 bytes"),
        (Endless(b"", CONTINUE), "came before a reply began"),
        (Said(status=500, body=b"x" * 9000), "500 Internal Server Error (a reply of more than 500"),
        (listing(size=float("nan")), "with a number that is none (NaN or Infinity)"),
        (listing(meta=[{"size": float("inf")}]), "with a number that is none"),
        (listing(meta={"size": 10**40}), "with a number of more than 64 bits"),
        (listing(owned_by="\ud800"), "with halves of characters"),
        (listing(**{"\udfff": 1}), "with halves of characters"),
    ],
    ids=range(10),
)
def test_description_beyond_a_bound_is_refused(server, list_of_models: Action, told: str) -> None:
    server.listing = list_of_models
    described = backend(server, opening=ONCE)
    assert told in refusal(lambda: described.context(DENSE))


def test_description_of_a_model_is_kept_up_to_its_bound(server) -> None:
    server.listing = listing(description="line\nline " * 3000, owned_by=True)
    kept = backend(server, bounds=BOUNDS).context(DENSE)["listed"]
    assert kept == {"id": MODEL, "description": "line\nline " * 3000, "owned_by": True}
    server.listing = listing(description="x" * (64 << 10))
    told = refusal(lambda: backend(server, bounds=BOUNDS).context(DENSE))
    assert told == (
        f"dense: {server.url}/v1/models describes {MODEL!r} in more than 65536 bytes; "
        "?listed=no asks it without its description"
    )


@pytest.mark.parametrize(
    "version",
    [
        said({"version": "v" * 5000}),
        said({"version": ["1.0"]}),
        said({"version": "1\u202e2"}),
        Endless(CHUNKED, CHUNK),
        Said(body=BOMB, headers={"Content-Encoding": "gzip"}),
    ],
    ids=range(5),
)
def test_version_beyond_its_bound_is_not_known(server, version: Action) -> None:
    server.version = version
    described = backend(server)
    assert described.context(DENSE)["version"] is None
    assert described.notes(DENSE)["served by"] == f"{server.url}/v1, version unknown"


def test_names_of_other_models_are_shown_so_that_nothing_moves(server) -> None:
    ids: list[object] = ["\x1b[2Jevil\u202e", "good", 7, None, "x" * 500]
    server.listing = said({"data": [{"id": name} for name in ids]})
    message = refusal(lambda: backend(server).context(DENSE))
    shown = ["\\x1b[2Jevil\\u202e", "good", "x" * 100]
    assert f"it lists: {', '.join(shown)} (?listed=no" in message


def test_words_of_an_error_are_escaped_as_everywhere(server, opened) -> None:
    told = "\x1b[2J\u202eowned\u2028\x07"
    server.decide = lambda request: said({"error": {"message": told}}, status=400)
    message = refusal(lambda: answer(opened()))
    assert message.endswith("400 Bad Request: \\x1b[2J\\u202eowned \\x07")


# -- what a server gets ------------------------------------------------------------------


def test_cookies_are_not_sent_back(server, opened) -> None:
    server.decide = lambda request: said(reply("x"), headers={"Set-Cookie": "sid=abc; Path=/"})
    server.listing = replace(listing(), headers={"Set-Cookie": "track=1; Domain=127.0.0.1"})
    engine = opened()
    answer(engine)
    answer(engine)
    assert set(server.cookies) == {None}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed_and_takes_no_key_along(server, opened, status: int) -> None:
    with serving() as other:
        headers = {"Location": f"{other.url}/v1/chat/completions"}
        server.decide = lambda request: Said(status=status, headers=headers)
        assert f"rejects the request: {status} " in refusal(lambda: answer(opened(key=ApiKey(KEY))))
        server.listing = Said(status=status, headers={"Location": f"{other.url}/v1/models"})
        refusal(lambda: opened(key=ApiKey(KEY)))
        assert (other.paths, other.requests) == ([], [])


SPELLINGS = {
    "as it is": KEY,
    "backwards": KEY[::-1],
    "base64": "c2stdmVyeS1zZWNyZXQtMDEyMzQ1Njc4OQ==",
    "base64 after 'Bearer '": "QmVhcmVyIHNrLXZlcnktc2VjcmV0LTAxMjM0NTY3ODk=",
    "hex": KEY.encode().hex(),
}


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_key_in_another_spelling_is_neither_told_nor_kept(server, opened, spelling: str) -> None:
    server.decide = lambda request: said({"error": f"bad key {spelling}!"}, status=400)
    message = refusal(lambda: answer(opened(key=ApiKey(KEY))))
    shown = message.partition("bad key ")[2]
    assert "[key]" in shown
    assert not any(spelling[at : at + 12] in shown for at in range(len(spelling) - 12))
    server.decide = lambda request: said(reply(f"fine {spelling}"))
    assert "replied with the API key in it" in refusal(lambda: answer(opened(key=ApiKey(KEY))))


def test_piece_of_the_key_in_a_reply_that_is_none_is_not_told(server, opened) -> None:
    server.decide = lambda request: said({"error": f"no such key: {KEY[:-1]}"})
    message = refusal(lambda: answer(opened(key=ApiKey(KEY))))
    assert message.endswith("got the error 'no such key: [key]'")


# -- surroundings ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTP_PROXY", "ftp://me:hunter2@proxy:8000"),
        ("ALL_PROXY", "http://me:hunter2@[::"),
        ("HTTP_PROXY", "http://me:hunter2@proxy:port"),
    ],
)
def test_proxy_that_cannot_be_is_one_line_that_does_not_repeat_it(
    server, monkeypatch, name: str, value: str
) -> None:
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv(name, value)
    message = refusal(lambda: backend(server).context(DENSE))
    assert f"{server.url}/v1 cannot be asked (" in message
    assert "look at HTTP_PROXY" in message
    assert "hunter2" not in message


def test_certificates_that_are_not_there_are_one_line(server, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    at = replace(backend(server).dense, url="https://127.0.0.1:1/v1")  # type: ignore[type-var]
    assert "SSL_CERT_FILE" in refusal(lambda: backend(server, dense=at).context(DENSE))


@pytest.mark.parametrize("host", ["a..b", "xn--a", "a" * 300, "\u2024", "h_\xad"])
def test_host_that_cannot_be_is_one_line(server, host: str) -> None:
    at = replace(backend(server).dense, url=f"http://{host}/v1")  # type: ignore[type-var]
    refusal(lambda: backend(server, dense=at, opening=ONCE).context(DENSE))


def test_prompt_is_named_by_a_rejection_beyond_a_bound(server, opened) -> None:
    server.decide = lambda request: Said(status=413, body=b"x" * 9000)
    with pytest.raises(PromptError) as raised:
        answer(opened())
    assert raised.value.index == 0
