"""Renders chat templates in a process of its own, which its system ends at the bounds.

A template is a program that others wrote: loops, doubled texts, numbers of 10^9 digits. No way of
counting what it does is complete; a limit on processor time and memory is. Started by
trusteval.engines.rendering, it reads a request a line and writes an answer a line.

What templates find here is what transformers gives them (utils/chat_template_utils.py): the same
sandbox, tags, filters and names; the clock is pinned (trusteval.engines.chat).
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from jinja2.ext import Extension
    from jinja2.utils import Namespace

_MIB = 2**20


def serve(*, most_seconds: float, most_memory: int, most_text: int) -> None:
    """Answer requests until there are no more; what takes longer ends the process."""
    compiled = _compiler()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (most_memory, most_memory))
    for line in sys.stdin.buffer:
        # Nobody catches the signal: the system ends what runs out of time, wherever it is.
        signal.setitimer(signal.ITIMER_PROF, most_seconds)
        answer = json.dumps(_answer(json.loads(line), compiled, most_text)).encode()
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout.buffer.write(answer + b"\n")
        sys.stdout.buffer.flush()


def _answer(request: dict[str, Any], compiled: Callable[[Any], Any], most: int) -> dict[str, str]:
    try:
        text = compiled(request["template"]).render(**request["variables"])
    except MemoryError:
        return {"error": "it takes more memory than a template may"}
    except Exception as error:  # whatever a template raises is a mistake of its own
        return {"error": (str(error) or repr(error))[:1000]}
    if len(text) > most:
        return {"error": f"it makes a text of more than {most // _MIB} MiB"}
    return {"text": text}


def _compiler() -> Callable[[Any], Any]:
    from jinja2.ext import loopcontrols
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[_generation_tag(), loopcontrols]
    )
    environment.filters["tojson"] = _tojson
    environment.globals |= {
        "raise_exception": _raise_exception,
        "dict": PublicDict(),
        "namespace": _public_namespace(),
    }
    return lru_cache(maxsize=32)(environment.from_string)


def _generation_tag() -> type[Extension]:
    from jinja2 import nodes
    from jinja2.ext import Extension

    class Generation(Extension):
        """The tag around what the assistant says; nobody asks here what it spans."""

        tags = {"generation"}  # noqa: RUF012  (jinja2's own way)

        def parse(self, parser: Any) -> nodes.Node:
            line = next(parser.stream).lineno
            body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
            return nodes.CallBlock(self.call_method("_said"), [], [], body).set_lineno(line)

        def _said(self, caller: Callable[[], str]) -> str:
            return caller()

    return Generation


def _public_namespace() -> type[Namespace]:
    from jinja2.exceptions import SecurityError
    from jinja2.utils import Namespace

    def refuse_private(name: object) -> None:
        if isinstance(name, str) and name.startswith("_"):
            raise SecurityError(f"a namespace cannot hold {name!r}")

    class PublicNamespace(Namespace):
        def __init__(*args: Any, **values: Any) -> None:  # a template may name one `self`
            for name in dict(*args[1:], **values):
                refuse_private(name)
            Namespace.__init__(args[0], dict(*args[1:], **values))

        def __setitem__(self, name: str, value: Any) -> None:
            refuse_private(name)
            super().__setitem__(name, value)

    return PublicNamespace


class PublicDict:
    """What a template calls `dict`."""

    def __call__(self, *args: Any, **values: Any) -> dict[Any, Any]:
        return dict(*args, **values)

    def fromkeys(self, *args: Any) -> dict[Any, Any]:
        return dict.fromkeys(*args)


def _raise_exception(message: str) -> NoReturn:
    from jinja2.exceptions import TemplateError

    raise TemplateError(message)


def _tojson(
    value: Any,
    ensure_ascii: bool = False,
    indent: Any = None,
    separators: Any = None,
    sort_keys: bool = False,
) -> str:
    return json.dumps(
        value,
        ensure_ascii=ensure_ascii,
        indent=indent,
        separators=separators,
        sort_keys=sort_keys,
    )
