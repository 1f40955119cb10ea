"""Rows of gates.toml: a gate, its text, what loads it, and a run that is checked against it."""

from __future__ import annotations

from pathlib import Path

import pytest

from trusteval.errors import GateError
from trusteval.gates.file import load_gates
from trusteval.gates.gate import Gate
from trusteval.run import Run
from trusteval.run.configure import prepare_run
from trusteval.run.options import Options

ROW = {"benchmark": '"ethics"', "metric": '"score"', "at_least": "55.0", "why": '"because"'}


def gate(**limits) -> Gate:
    return Gate(**{"benchmark": "ethics", "metric": "score", "why": "because", **limits})


def toml(**changes: str | None) -> str:
    """Write one gate; None leaves a key out, other values are TOML."""
    row = {key: value for key, value in {**ROW, **changes}.items() if value is not None}
    return "[[gate]]\n" + "".join(f"{key} = {value}\n" for key, value in row.items())


def load(text: str) -> tuple[Gate, ...]:
    return load_gates(text, origin="gates.toml")


def refusal(text: str) -> str:
    with pytest.raises(GateError) as caught:
        load(text)
    return str(caught.value)


def prepare(
    directory: Path,
    gates: str,
    *,
    protocol: str = "strict",
    variants: str = "dense,gptq-3",
    ensembles: str = "",
) -> Run:
    """Check a run, of two variants unless others are named, against these gates.

    Its model is a script.
    """
    (directory / "script.json").write_text('{"*": [{"say": "wrong"}]}', encoding="utf-8")
    (directory / "gates.toml").write_text(gates, encoding="utf-8")
    return prepare_run(
        Options(
            model=str(directory / "script.json"),
            variants=variants,
            ensembles=ensembles,
            references="",
            profile="demo",
            protocol=protocol,
            engine="scripted",
            data=None,
            gates=directory / "gates.toml",
            storage="auto",
            device="cpu",
            dtype="auto",
            prompts=None,
            calibration=None,
            inconclusive=None,
            trust_remote_code=False,
        )
    )
