"""Has chat templates rendered by a process of its own, bounded in time, memory and length.

One process serves all prompts of this one (trusteval.engines.template_worker). A template that ran
out of its time once is not tried again.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from functools import lru_cache
from typing import Any

from trusteval.errors import EngineError

MOST_SECONDS = 2
"""Of processor time; known templates take some milliseconds for the longest conversations."""
_MOST_MEMORY = 2**30
_MOST_TEXT = 16 * 2**20
_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from trusteval.engines.template_worker import serve; serve(**json.loads(sys.argv[2]))"
)
_BOUNDS = {"most_seconds": MOST_SECONDS, "most_memory": _MOST_MEMORY, "most_text": _MOST_TEXT}


class TemplateError(EngineError):
    """What a template's own mistake is, or which bound it went beyond."""

    def __init__(self, message: str, *, is_bound: bool = False) -> None:
        super().__init__(message)
        self.is_bound = is_bound


class TemplateRenderer:
    """A process that renders templates, started when it is first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._endless: dict[str, str] = {}

    def render(self, template: object, variables: dict[str, Any]) -> str:
        """Return the text that `template` makes of `variables`; raises TemplateError."""
        request = json.dumps({"template": template, "variables": variables})
        key = json.dumps(template)
        with self._lock:
            if key in self._endless:
                raise TemplateError(self._endless[key], is_bound=True)
            answer = self._ask(request.encode() + b"\n")
            if not answer:
                self._endless[key] = why = self._why_it_ended()
                raise TemplateError(why, is_bound=True)
        found = json.loads(answer)
        if "text" not in found:
            raise TemplateError(found["error"])
        return str(found["text"])

    def close(self) -> None:
        """End the process; the next template starts another."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(OSError):
                process.communicate()

    def _ask(self, request: bytes) -> bytes:
        """Return the answer, nothing where the process ended over it."""
        process = self._process = self._process or _started()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(request)
            process.stdin.flush()
        except BrokenPipeError:
            return b""
        return process.stdout.readline()

    def _why_it_ended(self) -> str:
        process = self._process
        assert process is not None
        self.close()
        if process.returncode == -signal.SIGPROF:
            return f"it takes more than {MOST_SECONDS} s of processor time"
        return f"the process that renders it ended with status {process.returncode}"


def _started() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-I", "-c", _START, json.dumps(sys.path), json.dumps(_BOUNDS)]
    try:
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError as error:
        raise EngineError(
            f"no process to render chat templates in can be started: {error.strerror}"
        ) from error


def renderer() -> TemplateRenderer:
    """Return the renderer of this process, which ends with it."""
    return _renderer_of(os.getpid())


@lru_cache(maxsize=1)
def _renderer_of(_process: int) -> TemplateRenderer:
    made = TemplateRenderer()
    atexit.register(made.close)
    return made
