"""Keeps os._exit(0) in an engine or a package from ending a run as if it had gone well.

It leaves a process at once: no report, no verdict, and the exit status of a run that passed. A
session comes to its end some other way, so until then a status of 0 is not what it says.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import pytest

from trusteval.plugin.outcomes import UNMEASURED


def refuse_silent_exits(config: pytest.Config) -> None:
    """Let os._exit(0) in this process say what it was called in, and exit with UNMEASURED.

    Until pytest is done. Other statuses, and processes that were forked off, leave as they are.
    """
    leave, process = os._exit, os.getpid()
    capture = config.pluginmanager.getplugin("capturemanager")

    def leave_with_a_word(status: int) -> NoReturn:
        if status == 0 and os.getpid() == process:
            if capture is not None:
                capture.suspend_global_capture(in_=True)
            place = os.environ.get("PYTEST_CURRENT_TEST", "no test")
            sys.stdout.flush()
            sys.stderr.write(
                f"\ntrusteval: os._exit(0) was called in {place}: the run ended there, nothing "
                f"was judged or reported (exit status {UNMEASURED})\n"
            )
            sys.stderr.flush()
            status = UNMEASURED
        leave(status)

    os._exit = leave_with_a_word

    def give_back() -> None:
        os._exit = leave

    config.add_cleanup(give_back)
