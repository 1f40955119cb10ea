"""The --trust-* options and their ini twins: declared in one table, read in one place."""

from __future__ import annotations

import hashlib
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from trusteval.system.files import is_there, refuse_unnameable, with_home
from trusteval.system.machine import cache_directory

if TYPE_CHECKING:
    from trusteval.run.options import Options

# Name -> default and help.
_OPTIONS: dict[str, tuple[str | None, str]] = {
    "model": (None, "model under test: a directory, hub id, .gguf file, URL#MODEL, or demo"),
    "variants": (
        "dense,gptq-8,gptq-4,gptq-3",
        "variants to judge: dense, METHOD-BITS[:gN][:sym|:asym][:actorder][@SEED], NAME=PATH, "
        "NAME=openai:URL#MODEL",
    ),
    "references": (None, "further dense models NAME=MODEL, judged like any and never voting"),
    "ensembles": ("auto", "votes to judge: auto, vote-METHOD, NAME=a+b+c, or empty"),
    "profile": ("demo", "how much to ask: demo, quick, full"),
    "protocol": ("strict", "how answers are read and scored: strict, comptrust, decodingtrust"),
    "data": (None, "directory of the benchmarks' original files (else TRUSTEVAL_DATA, the hub)"),
    "engine": (
        "hf",
        "who answers: hf, openai (URL#MODEL as model), scripted (script file), replay (recording)",
    ),
    "concurrency": ("16", "how many prompts a server is asked at once"),
    "gates": ("trust_tests/gates.toml", "the file of thresholds"),
    "store": (None, "the response store's file (default: in the user's cache directory)"),
    "reports": ("reports/latest", "where verdicts.json, run.json and report.md go"),
    "baseline": (None, "accepted answers: a name in reports/baselines, or a .json.gz file"),
    "noise-floor": (None, "a variant that is asked twice; margins below its noise decide nothing"),
    "prompts": (None, "a prompts.toml in place of trusteval's own texts"),
    "calibration": (None, "calibration text, paragraphs parted by blank lines"),
    "storage": ("auto", "quantized weights: packed, dequantized, auto"),
    "device": ("auto", "cpu, cuda, cuda:1, auto"),
    "dtype": ("auto", "float32, bfloat16, float16, auto"),
    "laws": ("once", "the vote's laws: checked once per version of the vote and here, or again"),
    "benchmarks": (None, "benchmarks to record and judge: a,b or all (default: those with a gate)"),
    "require": ("none", "all: a run that leaves a gate unjudged fails; none: it only says so"),
    "tries": (None, "how many weights of a subject may be tried between two accepted baselines"),
    "inconclusive": (None, "what an INCONCLUSIVE blocking gate does: fail, skip"),
}


_LONGEST_NAME = 200
"""Letters of a baseline's name, as far as file systems take it."""
_ACCEPT = "accept this run's answers as the baseline; one that is worse is refused"
_ACCEPT_REGRESSION = "accept them although they are worse; the reason is kept"


def add_options(parser: pytest.Parser) -> None:
    """Declare every option and its ini twin."""
    group = parser.getgroup("trusteval", "trustworthiness of compressed language models")
    for name, (default, text) in _OPTIONS.items():
        shown = text if default is None else f"{text} (default: {default})"
        dest = f"trust_{name}".replace("-", "_")
        group.addoption(f"--trust-{name}", dest=dest, default=None, help=shown)
        parser.addini(dest, f"default of --trust-{name}", default=default)
    group.addoption("--trust-accept", action="store_true", default=False, help=_ACCEPT)
    group.addoption(
        "--trust-accept-regression", metavar="REASON", default=None, help=_ACCEPT_REGRESSION
    )
    text = "run code that a checkpoint brings; it can do anything you can"
    group.addoption("--trust-remote-code", action="store_true", default=None, help=text)
    parser.addini("trust_remote_code", text, type="bool", default=False)


def option(config: pytest.Config, name: str) -> str | None:
    """Return an option's value, else its ini twin's; None if neither is set."""
    dest = f"trust_{name}".replace("-", "_")
    given = getattr(config.option, dest, None)
    if given is not None:
        return str(given)
    configured = config.getini(dest)
    return str(configured) if configured else None


def path_option(config: pytest.Config, name: str) -> Path | None:
    """Resolve a path: options from where pytest was called, ini values from the root."""
    value = option(config, name)
    if not value:
        return None
    given = getattr(config.option, f"trust_{name}", None)
    base = config.rootpath if given is None else config.invocation_params.dir
    return base / with_home(value)


def store_path(config: pytest.Config) -> Path:
    """Return the response store's file; raises UsageError where it is in a cache without a home."""
    return path_option(config, "store") or cache_directory() / "responses.sqlite"


def reports_path(config: pytest.Config) -> Path:
    """Return the folder that reports go to."""
    return path_option(config, "reports") or Path("reports/latest")


def refuse_unnameable_paths(config: pytest.Config) -> None:
    """Raise UsageError for an option that holds what no file can be called."""
    for name in _OPTIONS:
        refuse_unnameable(option(config, name) or "")


def refuse_lost_configuration(config: pytest.Config) -> None:
    """Raise UsageError where a path given after a blank made pytest miss its pytest.ini.

    pytest looks for its configuration before plugins declare options, takes `--trust-model /a/b`
    for a test directory and searches there. `--trust-model=/a/b` is not taken for one.
    """
    here = config.invocation_params.dir
    above = [folder / "pytest.ini" for folder in (here, *here.parents)]
    missed = next((path for path in above if path.exists()), None)
    if missed is None or config.inipath is not None:
        return
    for name in _OPTIONS:
        value = getattr(config.option, f"trust_{name}", None)
        if value in config.invocation_params.args and is_there(here / with_home(value)):
            raise pytest.UsageError(
                f"pytest took {value} for a test directory and missed {missed}; "
                f"write --trust-{name}={value}"
            )


def requires_all(config: pytest.Config) -> bool:
    """Say whether a run that leaves a gate unjudged fails; UsageError for what is no choice."""
    from trusteval.run.options import check_one_of

    asked = option(config, "require") or "none"
    check_one_of(asked, ("all", "none"), "--trust-require")
    return asked == "all"


def read_options(config: pytest.Config) -> Options | None:
    """Return what the user asks for; None if no model is named."""
    from trusteval.run.options import Options

    model, model_path = option(config, "model"), path_option(config, "model")
    accepts = config.option.trust_accept or config.option.trust_accept_regression is not None
    requires = requires_all(config)
    if model is None or model_path is None:
        if accepts or requires:
            name = "accept" if accepts else "require"
            raise pytest.UsageError(f"--trust-{name}: no model under test, pass --trust-model")
        return None
    if getattr(config.option, "trust_data", None) and option(config, "profile") == "demo":
        raise pytest.UsageError(
            "--trust-data is read by the profiles quick and full; profile demo asks its own slice "
            "(add --trust-profile=quick)"
        )
    return Options(
        model=str(model_path) if model != "demo" and is_there(model_path) else model,
        variants=option(config, "variants") or "",
        ensembles=option(config, "ensembles") or "",
        references=option(config, "references") or "",
        profile=option(config, "profile") or "",
        benchmarks=option(config, "benchmarks"),
        laws=option(config, "laws") or "",
        protocol=option(config, "protocol") or "",
        engine=option(config, "engine") or "",
        data=path_option(config, "data"),
        gates=path_option(config, "gates") or Path("gates.toml"),
        storage=option(config, "storage") or "",
        device=option(config, "device") or "",
        dtype=option(config, "dtype") or "",
        prompts=path_option(config, "prompts"),
        calibration=path_option(config, "calibration"),
        inconclusive=option(config, "inconclusive"),
        trust_remote_code=bool(
            config.option.trust_remote_code or config.getini("trust_remote_code")
        ),
        concurrency=_count(option(config, "concurrency"), "concurrency"),
        tries=None if option(config, "tries") is None else _count(option(config, "tries"), "tries"),
        baseline=_baseline(config, model),
        accept=accepts,
        noise_floor=option(config, "noise-floor"),
        regression=_reason(config.option.trust_accept_regression),
        gates_are_named=option(config, "gates") != _OPTIONS["gates"][0],
        accept_with=_accepting(config),
    )


def _accepting(config: pytest.Config) -> str:
    """Return the command that accepts what this one asks, the same in every worker."""
    given = {name: getattr(config.option, f"trust_{name}".replace("-", "_")) for name in _OPTIONS}
    words = [f"--trust-{name}={value}" for name, value in given.items() if value is not None]
    code = ["--trust-remote-code"] if config.option.trust_remote_code else []
    return shlex.join(["pytest", *words, *code, "--trust-accept"])


def _baseline(config: pytest.Config, model: str) -> Path:
    """Find the baseline: by default the one of this model and profile, beside the reports."""
    given = option(config, "baseline")
    if given is not None and given.endswith(".json.gz"):
        return path_option(config, "baseline") or Path(given)
    if given is not None and Path(given).name != given:
        raise pytest.UsageError(
            f"--trust-baseline is a name in reports/baselines or a .json.gz file, got {given!r}"
        )
    called = re.sub(r"\.(json|gguf)$", "", Path(model.rpartition("#")[2]).name)
    name = given or f"{called}-{option(config, 'profile')}"
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", name)
    if len(plain) > _LONGEST_NAME:
        plain = f"{plain[:_LONGEST_NAME]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    return reports_path(config).parent / "baselines" / f"{plain}.json.gz"


def _reason(text: str | None) -> str | None:
    if text is not None and not text.strip():
        raise pytest.UsageError("--trust-accept-regression needs the reason, which is kept")
    return text


def _count(text: str | None, name: str) -> int:
    if text is None or not re.fullmatch("0*[1-9][0-9]{0,8}", text):
        raise pytest.UsageError(f"--trust-{name} is a number from 1 on, got {text!r}")
    return int(text)
