"""Puts a finished run into a bundle: its files, what they are evidence of, statements, digests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from trusteval.errors import UsageError
from trusteval.report.artifacts import CIRCUMSTANCES, PAGE, REPORT, VERDICTS
from trusteval.report.bundle.archive import MANIFEST, packed
from trusteval.report.bundle.configuration import GATES, sha256_of
from trusteval.report.bundle.evidence import evidence_of
from trusteval.report.bundle.manifest import manifest_bytes
from trusteval.report.bundle.overview import (
    OVERVIEW,
    LeftOut,
    asked_digests,
    overview,
    overview_bytes,
)
from trusteval.report.bundle.result import judged_run
from trusteval.report.bundle.statements import statements_of
from trusteval.report.bundle.without_texts import without_texts
from trusteval.report.finished_run import FinishedRun
from trusteval.report.formats.comment import job_summary
from trusteval.report.ledger import Ending
from trusteval.system.bounded import MIB, read_bytes
from trusteval.system.url_secrets import refuse_secrets
from trusteval.tracking.answers_file import NAME as ANSWERS
from trusteval.tracking.answers_file import packed_document, unpacked_document
from trusteval.types import Unavailable

_MOST = {
    **{VERDICTS: 64 * MIB, CIRCUMSTANCES: 64 * MIB, ANSWERS: 32 * MIB},
    **{REPORT: 64 * MIB, PAGE: 64 * MIB},
}
"""The files of a run that a bundle takes, and what each may hold."""
_MOST_GATES = 4 * MIB


@dataclass(frozen=True, slots=True)
class Bundle:
    """An archive's bytes, what the run came to, and lines on what is in it and what is not."""

    content: bytes
    word: str
    lines: tuple[str, ...]


def make_bundle(directory: Path, *, gates: Path | None, with_texts: bool) -> Bundle:
    """Put a reports folder into a bundle; without texts it keeps no prompt and no response.

    `gates` is the file that judged: another one is not included. Raises UsageError for a run that
    has not finished, and for files that cannot be read or may hold a secret.
    """
    files = _read(directory)
    evidence = evidence_of(files, origin=directory)
    record = evidence.record
    if record.ending is Ending.UNFINISHED:
        raise UsageError(
            f"{directory / VERDICTS}: {record.ending.sentence} "
            f"({evidence.circumstances.run_line}); wait, or run it again"
        )
    _refuse_other_answers(evidence, directory)
    _refuse_secrets(evidence, directory)
    left_out = dict(_add_gates(files, evidence, gates))
    answers_sha256 = sha256_of(files[ANSWERS]) if ANSWERS in files else None
    if isinstance(evidence.answers, Unavailable):
        left_out[ANSWERS] = evidence.answers.why
    if not with_texts:
        left_out |= _take_texts_out(files, evidence)
    told = overview(evidence, LeftOut(left_out, asked_digests(evidence), answers_sha256))
    files[OVERVIEW] = overview_bytes(told)
    stated = statements_of(evidence, files)
    files |= stated.files
    content = packed({**files, MANIFEST: manifest_bytes(files)})
    whole = judged_run(record, exit_status=evidence.exit_status)
    lines = list(whole.reservations)
    lines += [f"not included: {name}: {why}" for name, why in sorted(left_out.items())]
    lines += [f"no statement of {name}: {why}" for name, why in stated.missing.items()]
    lines.append(f"{len(stated.documents)} statements to be signed, {len(files) + 1} files in all")
    return Bundle(content, whole.word, tuple(lines))


def _read(directory: Path) -> dict[str, bytes]:
    files = {}
    for name, most in _MOST.items():
        try:
            files[name] = read_bytes(directory / name, most=most)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise UsageError(f"{directory / name} cannot be read: {error.strerror}") from error
    return files


def _refuse_other_answers(evidence: FinishedRun, directory: Path) -> None:
    """Refuse answers that are not those of the verdicts."""
    record, answers = evidence.record, evidence.answers
    if isinstance(answers, Unavailable):
        return
    if answers.facts != record.facts or dict(answers.ledger) != record.ledger():
        raise UsageError(
            f"{directory / ANSWERS} is not of the run of {VERDICTS} beside it; run it again"
        )


def _refuse_secrets(evidence: FinishedRun, directory: Path) -> None:
    """Refuse what a run leaves out of its files and somebody put there."""
    for word in evidence.circumstances.command:
        refuse_secrets(word, f"{directory / CIRCUMSTANCES}, the command")
    refuse_secrets(str(evidence.record.facts.model), f"{directory / VERDICTS}, the model")


def _add_gates(
    files: dict[str, bytes], evidence: FinishedRun, path: Path | None
) -> Iterator[tuple[str, str]]:
    """Add the file of gates, or say why it is not included."""
    judged_by = evidence.record.facts.gates_sha256
    if path is None:
        yield GATES, "it was not given (--gates FILE)"
        return
    try:
        content = read_bytes(path, most=_MOST_GATES)
    except OSError as error:
        raise UsageError(f"--gates {path} cannot be read: {error.strerror}") from error
    if sha256_of(content) == judged_by:
        files[GATES] = content
    else:
        yield GATES, f"the file given has sha256 {sha256_of(content)}, {judged_by} judged"


def _take_texts_out(files: dict[str, bytes], evidence: FinishedRun) -> dict[str, str]:
    """Replace files by ones without prompts and responses; say what is missing now."""
    told = {"texts": "prompts and responses were left out on demand (--without-texts)"}
    if ANSWERS in files:
        document = without_texts(unpacked_document(files[ANSWERS], ANSWERS))
        files[ANSWERS] = packed_document(document)
    if files.pop(PAGE, None) is not None:
        told[PAGE] = "it holds prompts and responses"
    if REPORT in files:
        run = replace(evidence, answers=Unavailable(told["texts"]))
        files[REPORT] = job_summary(run).encode(errors="backslashreplace")
    return told
