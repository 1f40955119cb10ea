"""Programs that stand where CI has its own: a python3 that installs nothing, a gh that keeps."""

from __future__ import annotations

import json
import sys
from pathlib import Path

_PYTHON = """#!{real}
import os, sys
from pathlib import Path

words = sys.argv[1:]
if words[:2] == ["-m", "venv"]:
    here = Path(words[2]) / "bin"
    here.mkdir(parents=True, exist_ok=True)
    (here / "python").unlink(missing_ok=True)
    (here / "python").symlink_to(__file__)
elif words[:3] == ["-m", "pip", "install"]:
    with open({log!r}, "a") as log:
        print(*words[3:], sep="|", file=log)
else:
    os.execv({real!r}, [{real!r}, *words])
"""
_GH = """#!{real}
import json, re, sys
from pathlib import Path

words, kept = sys.argv[1:], Path({kept!r})
comments = json.loads(kept.read_text())
if {refuses}:
    sys.exit("HTTP 403: Resource not accessible by integration")
assert words[0] == "api"
if "--jq" in words:
    assert words[1:3] == ["--paginate", "repos/us/ours/issues/5/comments"], words
    for one in comments:
        if one["type"] == "Bot":
            print(one["id"], one["body"].split("\\n")[0])
else:
    verb, place = words[words.index("-X") + 1 :][:2]
    body = Path(words[words.index("-F") + 1].removeprefix("body=@")).read_text()
    if verb == "POST":
        assert place == "repos/us/ours/issues/5/comments", place
        comments.append({{"id": 100 + len(comments), "type": "Bot", "body": body}})
    else:
        number = int(re.fullmatch("repos/us/ours/issues/comments/([0-9]+)", place)[1])
        assert verb == "PATCH"
        (one,) = [one for one in comments if one["id"] == number]
        one["body"] = body
    kept.write_text(json.dumps(comments))
"""


def python_that_installs_nothing(folder: Path) -> Path:
    """Write a `python3` into a folder; returns the file where its installs are kept, a line each.

    What it calls a virtual environment has the packages of this process.
    """
    log = folder / "installed.txt"
    log.touch()
    _program(folder / "python3", _PYTHON.format(real=sys.executable, log=str(log)))
    return log


def gh_that_keeps(folder: Path, *, refuses: bool = False) -> Path:
    """Write a `gh` into a folder; returns the file of its comments, on pull request 5 of us/ours.

    It lists comments as `gh api --jq` would be told to; `refuses` has it answer as a fork's token.
    """
    kept = folder / "comments.json"
    if not kept.exists():
        kept.write_text(json.dumps([{"id": 7, "type": "User", "body": "nice"}]), encoding="utf-8")
    text = _GH.format(real=sys.executable, kept=str(kept), refuses=refuses)
    _program(folder / "gh", text)
    return kept


def _program(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
