"""The --trust-* options: each is one field, from which all else about it follows (`run.option`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from trusteval.run import choices
from trusteval.run.option import Said, asked

GATES = Path("trust_tests/gates.toml")
REPORTS = Path("reports/latest")


def _model(said: Said) -> str:
    """Return a path where there is one; a hub's id, a server's URL or the demo's name else."""
    from trusteval.system.files import is_there

    path, text = said.path, said.text or ""
    return str(path) if path is not None and text != "demo" and is_there(path) else text


def _gates(said: Said) -> Path:
    """Return the file that is named, for nothing the default, seen from the same folder."""
    return _default_gates(said.folder) if said.text is None else said.path or said.folder


def _default_gates(folder: Path = Path()) -> Path:
    from trusteval.gates.shipped import default_gates

    return default_gates(folder / GATES)


def _count_or_all(said: Said) -> int:
    text = said.text or ""
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        from trusteval.errors import UsageError

        raise UsageError(f"{said.flag} is a number from 0 on, 0 for all, got {said.text!r}")
    return int(text)


def _paths(said: Said) -> tuple[Path, ...]:
    from trusteval.system.files import with_home

    texts = [text.strip() for text in (said.text or "").split(",")]
    return tuple(said.folder / with_home(text) for text in texts if text)


def _reason(said: Said) -> str | None:
    if said.text is not None and not said.text.strip():
        from trusteval.errors import UsageError

        raise UsageError(f"{said.flag} needs the reason, which is kept")
    return said.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for; paths are resolved, nothing is checked.

    A field that is no option is found out of them: `gates_are_named` says that somebody named the
    gates' file, `gates_ship` that the shipped one stands in for a project's own; `accept_with` is
    the command that accepts what this run asks.
    """

    model: str = field(
        metadata=asked(
            "model under test: a directory, hub id, .gguf file, URL#MODEL, or demo",
            details="the model under test: a directory, a hub id, a `.gguf` file, `demo`, or with "
            "`--trust-engine=openai` a served `URL#MODEL`",
            read=_model,
        )
    )
    variants: str = field(
        default="dense,gptq-8,gptq-4,gptq-3",
        metadata=asked(
            "variants to judge: dense, METHOD-BITS[:gN][:sym|:asym][:actorder][@SEED], NAME=PATH, "
            "NAME=openai:URL#MODEL; a name may end in ~TEMPERATURE#NUMBER: a draw of it",
            details="variants to judge: `dense`, `METHOD-BITS[:gN][:sym|:asym][:actorder][@SEED]` "
            "(`gptq-4`, `awq-3:g64@1`), `NAME=PATH` (a directory, `.gguf` file or hub id), "
            "`NAME=openai:URL#MODEL` (a server's); a name may end in `~TEMPERATURE#NUMBER` "
            "(`dense~0.7#1`, `#1-5`): draws of that variant",
        ),
    )
    references: str = field(
        default="",
        metadata=asked(
            "further dense models NAME=MODEL, judged like variants but never voting",
            details="`NAME=MODEL`, served or not: further dense models, judged like variants but "
            "never voting",
        ),
    )
    ensembles: str = field(
        default="auto",
        metadata=asked(
            "votes to judge: auto, vote-METHOD, NAME=a+b+c, or empty",
            details="votes to judge: `auto` (every vote the variants can hold), `vote-gptq`, "
            "`vote-awq`, `NAME=a+b+c` over any variants, or nothing",
        ),
    )
    profile: str = field(
        default="demo",
        metadata=asked(
            "how much to ask: demo, quick, full",
            details="how much to ask: `demo` (the shipped slice), `quick` (a stratified sample of "
            "the published data), `full`",
        ),
    )
    protocol: str = field(
        default="strict",
        metadata=asked(
            "how answers are read and scored: strict, comptrust, decodingtrust",
            details="how answers are read and scored: `strict`, or `comptrust`, `decodingtrust` to "
            "gate as published numbers are scored",
            one_of=choices.protocols,
        ),
    )
    data: Path | None = field(
        default=None,
        metadata=asked(
            "directory of the benchmarks' original files (else TRUSTEVAL_DATA, the hub)",
            details="directory of the benchmarks' original files; else `TRUSTEVAL_DATA`, else the "
            "Hugging Face hub",
        ),
    )
    engine: str = field(
        default="hf",
        metadata=asked(
            "who answers: hf, openai (URL#MODEL as model), scripted (script file), replay "
            "(recording)",
            details="who answers: `hf`; `openai` (vLLM, SGLang, llama.cpp, TGI, `transformers "
            "serve`); `scripted` (a script's file) and `replay` (a recording) answer without a "
            "model",
            one_of=choices.engines,
        ),
    )
    concurrency: int = field(default=16, metadata=asked("how many prompts a server gets at once"))
    gates: Path = field(
        default_factory=_default_gates,
        metadata=asked(
            f"the file of thresholds (default: {GATES.as_posix()}, else the one that ships)",
            details=f"the file of thresholds; by default `{GATES.as_posix()}` where that is there, "
            "else the one that ships ([gates.md](gates.md#in-any-repository))",
            read=_gates,
        ),
    )
    results: str | None = field(
        default=None,
        metadata=asked(
            "judge what other tools recorded, and no model: NAME=PLACE, the reference first",
            details="judge what other tools recorded by `--trust-gates`, and no model: "
            "`dense=PLACE,NAME=PLACE`, the reference first ([importing.md](importing.md))",
        ),
    )
    store: Path | None = field(
        default=None,
        metadata=asked(
            "the response store's file (default: in the user's cache directory)",
            details="the file of recorded answers ([store.md](store.md)); by default in the user's "
            "cache directory, or in `TRUSTEVAL_CACHE`",
        ),
    )
    recorded_only: bool = field(
        default=False,
        metadata=asked(
            "judge recorded answers alone: ask, load and build nothing",
            details="judge recorded answers alone: no model is asked, loaded or built, whatever is "
            "missing; what is not recorded has no verdict, and fails its test "
            "([scaling.md](scaling.md#split-a-run-over-machines)). The device that answers were "
            "recorded on need not be there",
        ),
    )
    reports: Path = field(
        default=REPORTS,
        metadata=asked(
            "where verdicts.json, run.json and report.md go",
            details="the folder that `verdicts.json`, `run.json` and `report.md` go to",
            read=lambda said: said.path or REPORTS,
        ),
    )
    baseline: Path | None = field(
        default=None,
        metadata=asked(
            "accepted answers: a name in reports/baselines, or a .json.gz file",
            details="accepted answers ([tracking.md](tracking.md)): a name in `reports/baselines`, "
            "or a `.json.gz` file; else that of the model and profile",
        ),
    )
    noise_floor: str | None = field(
        default=None,
        metadata=asked(
            "a variant to ask twice; margins below its noise decide nothing",
            details="a variant to ask twice, in other batches: margins below the difference decide "
            "nothing",
        ),
    )
    probabilities: bool = field(
        default=False,
        metadata=asked(
            "record beside each answer how likely each label was at its start",
            details="record beside each answer how likely each label was at its start "
            "([method.md](method.md#probabilities-of-labels)); answers and verdicts stay as they "
            "are, and answers that are recorded already are not asked for again",
        ),
    )
    judge: str | None = field(
        default=None,
        metadata=asked(
            "a model that reads recorded answers again: URL#MODEL, a model as of hf, a script",
            details="a model that reads recorded answers again ([judge.md](judge.md)): a served "
            "`URL#MODEL`, a directory, hub id or `.gguf` file, `demo`, or a script (`.json`)",
            read=lambda said: _model(said) or None,
        ),
    )
    judge_format: str = field(
        default="auto",
        metadata=asked(
            "how the judge is asked: auto (by its name), instruct, qwen3guard, wildguard",
            details="how the judge is asked and replies: `auto` (told by its name), `instruct`, "
            "`qwen3guard`, `wildguard`",
            one_of=choices.judge_formats,
        ),
    )
    judge_sample: int = field(
        default=100,
        metadata=asked(
            "how many answers of a subject to a benchmark the judge reads; 0: all",
            details="how many answers of a subject to a benchmark the judge reads, drawn by "
            "setting and reading; `0`: all",
            read=_count_or_all,
        ),
    )
    judge_labels: tuple[Path, ...] = field(
        default_factory=tuple,
        metadata=asked(
            "labelled tables of trusteval audit: how often the judge errs against people",
            details="labelled tables of `trusteval audit`, each with its key beside it, with "
            "commas between them: how often the judge errs is counted against people "
            "([judge-error.md](judge-error.md)); without them against the reader of the run",
            read=_paths,
        ),
    )
    prompts: Path | None = field(
        default=None,
        metadata=asked(
            "a prompts.toml in place of trusteval's own texts",
            details="a `prompts.toml` in place of trusteval's own texts",
        ),
    )
    calibration: Path | None = field(
        default=None, metadata=asked("calibration text, paragraphs separated by blank lines")
    )
    storage: str = field(
        default="auto",
        metadata=asked(
            "quantized weights: packed, dequantized, auto",
            details="quantized weights: `packed` (the kernel), `dequantized` (expanded once; "
            "faster on a CPU), or `auto`",
            one_of=choices.storages,
        ),
    )
    device: str = field(
        default="auto",
        metadata=asked(
            "cpu, cuda, cuda:1, auto", details="what models run on: `cpu`, `cuda`, `cuda:1`, `auto`"
        ),
    )
    dtype: str = field(
        default="auto",
        metadata=asked(
            "float32, bfloat16, float16, auto",
            details="what models compute in: `float32`, `bfloat16`, `float16`, `auto`",
            one_of=choices.dtypes,
        ),
    )
    laws: str = field(
        default="once",
        metadata=asked(
            "check the vote's laws once per version of the vote and machine, or again",
            details="the vote's laws are checked `once` per version of the vote, of Hypothesis and "
            "Python, and on this machine, or `again`",
            one_of=lambda: ("once", "again"),
        ),
    )
    benchmarks: str | None = field(
        default=None,
        metadata=asked(
            "benchmarks to record and judge: a,b or all (default: those with a gate)",
            details="benchmarks to record and judge, `ethics,mmlu` or `all`; by default "
            "those with a gate. The report names what is left out",
        ),
    )
    html: str = field(
        default="on",
        metadata=asked(
            "on: a run ends by making report.html; off: it leaves that out",
            details="`on`: a run ends by making `report.html`, which takes some seconds; `off`: it "
            "does not, and `trusteval report RUN --html OUT` makes it later",
            one_of=choices.switches,
        ),
    )
    require: str = field(
        default="none",
        metadata=asked(
            "all: a run that leaves a gate unjudged fails; none: it only says so",
            details="`all`: a run that leaves a gate without a verdict fails; `none`: it only says "
            "so",
            one_of=lambda: ("all", "none"),
            read=lambda said: said.text or "none",
        ),
    )
    summary: str = field(
        default="long",
        metadata=asked(
            "what the terminal tells at the end: long, short, off",
            details="what the terminal tells at the end: `long` (table and sentences), `short` (a "
            "line per dimension, and what failed), `off` (the tally and where the report is)",
            one_of=choices.summaries,
        ),
    )
    tries: int | None = field(
        default=None,
        metadata=asked(
            "how many rebuilds of a subject may be judged between two accepted baselines",
            details="how many rebuilds of a subject may be judged between two accepted baselines; "
            "by default any number; the report counts them",
        ),
    )
    inconclusive: str | None = field(
        default=None,
        metadata=asked(
            "what an INCONCLUSIVE blocking gate does: fail, skip",
            details="what a blocking gate with too few samples does: `skip` (the default of "
            "`demo` and `quick`) or `fail` (the default of `full`)",
            one_of=lambda: ("fail", "skip"),
        ),
    )
    accept: bool = field(
        default=False,
        metadata=asked(
            "accept this run's answers as the baseline; a worse run is refused",
            has_twin=False,
        ),
    )
    regression: str | None = field(
        default=None,
        metadata=asked(
            "accept a worse run; the reason is kept",
            details="accept this run's answers although they are worse; the reason is kept",
            read=_reason,
            name="accept-regression",
            has_twin=False,
            metavar="REASON",
        ),
    )
    trust_remote_code: bool = field(
        default=False,
        metadata=asked(
            "run code that a checkpoint brings; it can do anything you can",
            details="run code that a checkpoint brings or names, which can do anything you can; "
            "refused without it, and the report warns of it",
            name="remote-code",
        ),
    )
    gates_are_named: bool = True
    gates_ship: bool = False
    accept_with: str = "pytest --trust-accept"

    @property
    def gates_name(self) -> str:
        """What the gates' file is called where verdicts are read."""
        from trusteval.gates.shipped import SHIPPED

        return SHIPPED if self.gates_ship else self.gates.name
