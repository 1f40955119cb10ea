"""The --trust-* options and their ini twins, as pytest declares and reads them.

What they are is declared by the fields of `run.options.Options`.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from trusteval.run.option import Option, Said, options_of
from trusteval.run.options import GATES, REPORTS, Options

_OPTIONS = {option.name: option for option in options_of(Options)}
NO_MODEL = "no model under test: pass --trust-model"
_OF_A_RUN = ("variants", "profile", "gates", "reports", "recorded-only")
"""Options that, on the command line, ask for verdicts: a run without any must not end green."""
_LONGEST_NAME = 200
"""Letters of a baseline's name, as far as file systems take it."""


def add_options(parser: pytest.Parser, kind: type[Options] = Options) -> None:
    """Declare every option and its ini twin."""
    group = parser.getgroup("trusteval", "trustworthiness of compressed language models")
    for option in options_of(kind):
        if option.is_switch:
            group.addoption(
                option.flag, dest=option.dest, action="store_true", default=None, help=option.help
            )
        else:
            group.addoption(
                option.flag,
                dest=option.dest,
                metavar=option.metavar,
                default=None,
                help=option.help_with_default,
            )
        if option.has_twin and option.is_switch:
            parser.addini(option.dest, option.help, type="bool", default=False)
        elif option.has_twin:
            parser.addini(option.dest, f"default of {option.flag}", default=option.default)


def is_asked(config: pytest.Config, kind: type[Options] = Options) -> bool:
    """Say whether a run is asked anything of ours: by an option, or by pytest.ini."""
    return any(
        getattr(config.option, option.dest, None) is not None
        or (option.has_twin and (config.getini(option.dest) or None) != (option.default or None))
        for option in options_of(kind)
    )


def option(config: pytest.Config, name: str) -> str | None:
    """Return an option's value, else its ini twin's; None if neither is set."""
    return _said(config, _OPTIONS[name]).text


def path_option(config: pytest.Config, name: str) -> Path | None:
    """Resolve a path: options from where pytest was called, ini values from the root."""
    return _said(config, _OPTIONS[name]).path


def _said(config: pytest.Config, option: Option) -> Said:
    given = getattr(config.option, option.dest, None)
    if given is not None:
        return Said(option.flag, str(given), config.invocation_params.dir)
    configured = config.getini(option.dest) if option.has_twin else None
    return Said(option.flag, str(configured) if configured else None, config.rootpath)


def store_path(config: pytest.Config) -> Path:
    """Return the response store's file; raises UsageError where it is in a cache without a home."""
    from trusteval.system.machine import cache_directory

    return path_option(config, "store") or cache_directory() / "responses.sqlite"


def reports_path(config: pytest.Config) -> Path:
    """Return the folder that reports go to."""
    return path_option(config, "reports") or REPORTS


def refuse_unnameable_paths(config: pytest.Config) -> None:
    """Raise UsageError for an option that holds what no file can be called."""
    from trusteval.system.files import refuse_unnameable

    for option in _worded(Options):
        refuse_unnameable(_said(config, option).text or "")


def refuse_lost_configuration(config: pytest.Config) -> None:
    """Raise UsageError where a path given after a blank made pytest miss its pytest.ini.

    pytest looks for its configuration before plugins declare options, takes `--trust-model /a/b`
    for a test directory and searches there. `--trust-model=/a/b` is not taken for one.
    """
    from trusteval.system.files import is_there, with_home

    here = config.invocation_params.dir
    above = [folder / "pytest.ini" for folder in (here, *here.parents)]
    missed = next((path for path in above if path.exists()), None)
    if missed is None or config.inipath is not None:
        return
    for option in _worded(Options):
        value = getattr(config.option, option.dest, None)
        if value in config.invocation_params.args and is_there(here / with_home(value)):
            raise pytest.UsageError(
                f"pytest took {value} for a test directory and missed {missed}; "
                f"write {option.flag}={value}"
            )


def requires_all(config: pytest.Config) -> bool:
    """Say whether a run that leaves a gate unjudged fails; UsageError for what is no choice."""
    from trusteval.run.choices import check_one_of

    required = _OPTIONS["require"]
    asked = str(required.value(_said(config, required)))
    check_one_of(asked, required.one_of() if required.one_of else (), required.flag)
    return asked == "all"


def read_options(config: pytest.Config, kind: type[Options] = Options) -> Options | None:
    """Return what the user asks for; None if no model is named.

    Raises UsageError for what cannot be read, pytest.UsageError for what does not go together.
    """
    from trusteval.gates.shipped import stands_in

    accepts = any(option(config, name) is not None for name in ("accept", "accept-regression"))
    requires = requires_all(config)
    model = option(config, "model")
    if not model:
        given = (name for name in _OF_A_RUN if getattr(config.option, _OPTIONS[name].dest, None))
        name = "accept" if accepts else "require" if requires else next(given, None)
        if name is not None:
            raise pytest.UsageError(f"{_OPTIONS[name].flag}: {NO_MODEL}")
        return None
    if getattr(config.option, "trust_data", None) and option(config, "profile") == "demo":
        raise pytest.UsageError(
            "--trust-data is read by the profiles quick and full; profile demo asks its own slice "
            "(add --trust-profile=quick)"
        )
    named = option(config, "gates")
    read = {asked.field: asked.value(_said(config, asked)) for asked in options_of(kind)}
    return replace(
        kind(**read),  # type: ignore[arg-type]
        baseline=_baseline(config, model),
        accept=accepts,
        gates_are_named=named not in (None, GATES.as_posix()),
        gates_ship=named is None and stands_in(config.rootpath / GATES),
        accept_with=_accepting(config, kind),
    )


def _worded(kind: type[Options]) -> list[Option]:
    """Return the options that a text follows and that pytest.ini has too."""
    return [option for option in options_of(kind) if option.has_twin and not option.is_switch]


def _accepting(config: pytest.Config, kind: type[Options]) -> str:
    """Return the command that accepts what this one asks, the same in every worker."""
    given = {option.flag: getattr(config.option, option.dest) for option in _worded(kind)}
    words = [f"{flag}={value}" for flag, value in given.items() if value is not None]
    switches = [option for option in options_of(kind) if option.is_switch and option.has_twin]
    on = [switch.flag for switch in switches if getattr(config.option, switch.dest)]
    return shlex.join(["pytest", *words, *on, "--trust-accept"])


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
