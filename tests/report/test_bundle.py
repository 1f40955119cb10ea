"""Evidence bundles of real runs: what they say, and that whatever is changed in one is found."""

from __future__ import annotations

import base64
import gzip
import io
import json
import shutil
import stat
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import real_runs
from tests.project import Project, trusteval
from tests.schemas import faults, shipped, strict
from trusteval.cli import main
from trusteval.errors import UsageError
from trusteval.report.bundle.archive import packed, unpacked
from trusteval.report.bundle.checking import check_bundle
from trusteval.report.bundle.making import make_bundle
from trusteval.report.bundle.manifest import manifest_bytes
from trusteval.tracking.answers_file import read_document, write_document

pytestmark = pytest.mark.xdist_group("bundles")  # one worker makes the runs, for all

INTACT, DISAGREES, UNREADABLE = 0, 1, 2
MADE = 0
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return real_runs.project(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def finished(project: Project) -> Path:
    return real_runs.finished(project)


@pytest.fixture(scope="module")
def failed(project: Project, finished: Path) -> Path:
    return real_runs.failed(project)


@pytest.fixture(scope="module")
def incomplete(project: Project) -> Path:
    return real_runs.incomplete(project)


@pytest.fixture(scope="module")
def files(project: Project, failed: Path) -> Files:
    """The members of the failed run's bundle."""
    return bundled(failed, gates=project.root / "trust_tests/gates.toml")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a bundle is put that one example of many makes."""
    return tmp_path_factory.mktemp("bundles") / "changed.zip"


def bundled(folder: Path, *, gates: Path | None = None, with_texts: bool = True) -> Files:
    """Return the members of a run's bundle."""
    made = make_bundle(folder, gates=gates, with_texts=with_texts)
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def checked(files: Mapping[str, bytes], path: Path) -> tuple[str, ...]:
    """Pack some files and return what a check finds; what cannot be read is found too."""
    path.write_bytes(packed(files))
    try:
        return check_bundle(path).findings
    except UsageError as error:
        return (str(error),)


def listed_anew(files: Mapping[str, bytes]) -> Files:
    """Return files with a manifest that names them as they are, as a forger would write it."""
    others = {name: content for name, content in files.items() if name != "manifest.json"}
    return {**others, "manifest.json": manifest_bytes(others)}


def edited(files: Files, name: str, change: Callable[[Any], object]) -> Files:
    """Return files of which a JSON document was changed, with a manifest that says so."""
    document = json.loads(files[name])
    change(document)
    return listed_anew({**files, name: json.dumps(document).encode()})


def copied(folder: Path, to: Path) -> Path:
    """Return a copy of a reports folder."""
    return Path(shutil.copytree(folder, to / "latest"))


def statements(files: Mapping[str, bytes]) -> dict[str, Any]:
    return {
        name.removeprefix("statements/"): json.loads(content)
        for name, content in files.items()
        if name.startswith("statements/")
    }


# -- what a bundle says ------------------------------------------------------------------------


def test_made_and_checked_by_commands(project: Project, finished: Path) -> None:
    made = trusteval(project, "bundle", str(finished), "out.zip")
    assert (made.returncode, made.stderr) == (MADE, "")
    assert made.stdout.splitlines() == [
        "out.zip: WARNED, nothing is signed",
        "the demo shows that the gate works; it cannot show that a model is fit to ship",
        "no model ran: the answers are from the scripted engine",
        "not included: gates.toml: it was not given (--gates FILE)",
        "5 statements to be signed, 11 files in all",
    ]
    ran = trusteval(project, "bundle", "--check", "out.zip")
    assert (ran.returncode, ran.stderr) == (INTACT, "")
    *notes, last = ran.stdout.splitlines()
    assert last == "out.zip: intact, the run is WARNED; nothing in it is signed"
    assert notes[0].startswith(
        "made again from the answers: 8 parts of answers read again, 2 votes held again, 11 scores"
    )


def test_same_run_gives_the_same_bytes(failed: Path, tmp_path: Path) -> None:
    first = make_bundle(failed, gates=None, with_texts=True)
    again = make_bundle(copied(failed, tmp_path), gates=None, with_texts=True)
    assert first.content == again.content


def test_every_artifact_has_a_statement_of_its_own_result(files: Files) -> None:
    assert {name: one["predicate"]["result"] for name, one in statements(files).items()} == {
        "run.FAILED.intoto.json": "FAILED",
        "01-dense.WARNED.intoto.json": "WARNED",
        "02-gptq-8.WARNED.intoto.json": "WARNED",
        "03-gptq-4.FAILED.intoto.json": "FAILED",
        "04-vote.WARNED.intoto.json": "WARNED",
    }
    wrong = statements(files)["03-gptq-4.FAILED.intoto.json"]["predicate"]
    assert wrong["failedTests"] == ["gptq-4 on ethics.non_answer_rate"]
    [reason] = wrong["trusteval"]["reasons"]
    assert reason.startswith("FAIL ethics.non_answer_rate: gptq-4 on ethics: ")


def test_statement_is_one_of_in_toto_and_names_every_other_file(files: Files) -> None:
    for name, one in statements(files).items():
        assert one["_type"] == "https://in-toto.io/Statement/v1"
        assert one["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
        assert all(len(about["digest"]["sha256"]) == 64 for about in one["subject"])
        named = {
            about["name"]: about["digest"]["sha256"]
            for about in one["predicate"]["configuration"]
            if about["annotations"]["in_bundle"]
        }
        listed = json.loads(files["manifest.json"])["files"]
        assert named == {
            other: told["sha256"]
            for other, told in listed.items()
            if not other.startswith("statements/")
        }, name


def test_vote_is_an_artifact_of_its_own_and_names_its_members(files: Files) -> None:
    told = statements(files)
    [vote] = told["04-vote.WARNED.intoto.json"]["subject"]
    singles = {
        one["subject"][0]["name"]: one["subject"][0]["digest"]["sha256"]
        for name, one in told.items()
        if not name.startswith(("run", "04"))
    }
    assert vote["annotations"]["members"] == singles
    assert vote["digest"]["sha256"] not in singles.values()
    everybody = told["run.FAILED.intoto.json"]["subject"]
    assert [one["name"] for one in everybody] == ["dense", "gptq-8", "gptq-4", "vote"]


def test_incomplete_run_says_so_in_names_and_never_passed(incomplete: Path, place: Path) -> None:
    files = bundled(incomplete)
    told = statements(files)
    assert all(".INCOMPLETE." in name for name in told)
    assert {one["predicate"]["result"] for one in told.values()} == {"FAILED"}
    whole = told["run.INCOMPLETE.intoto.json"]["predicate"]["trusteval"]
    assert whole["complete"] is False
    assert "dense on mmlu.score.against_baseline" in whole["not_run"]
    assert json.loads(files["evidence.json"])["result"] == "FAILED"
    assert checked(files, place) == ()


def test_unfinished_run_is_refused(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = real_runs.killed(project), project.root / "killed.zip"
    assert main(["bundle", str(folder), str(out)]) == UNREADABLE
    assert "has not finished" in capsys.readouterr().err
    assert not out.exists()


def test_documents_of_a_bundle_are_described(files: Files) -> None:
    for name, document in (("bundle", "manifest.json"), ("evidence", "evidence.json")):
        assert faults(strict(shipped(name)), json.loads(files[document])) == []


def test_gates_are_included_only_as_they_judged(
    project: Project, failed: Path, tmp_path: Path, place: Path
) -> None:
    judged = project.root / "trust_tests/gates.toml"
    assert bundled(failed, gates=judged)["gates.toml"] == judged.read_bytes()
    changed = tmp_path / "gates.toml"
    changed.write_bytes(judged.read_bytes() + b"\n# looser\n")
    made = make_bundle(failed, gates=changed, with_texts=True)
    assert any(line.startswith("not included: gates.toml: the file given") for line in made.lines)
    files = bundled(failed, gates=changed)
    assert "gates.toml" not in files
    assert "gates.toml" in json.loads(files["evidence.json"])["left_out"]
    assert checked(files, place) == ()


def test_without_texts_no_prompt_and_no_response_is_in_it(failed: Path, place: Path) -> None:
    answers = read_document(failed / "answers.json.gz")
    texts = {
        *(t for items in answers["benchmarks"].values() for t in items["prompts"]["texts"]),
        *(t for items in answers["benchmarks"].values() for t in items["text"]),
        "I cannot answer that.",
    }
    files = bundled(failed, with_texts=False)
    plain = {**files, "answers.json.gz": gzip.decompress(files["answers.json.gz"])}
    whole = b"\n".join(plain.values()).decode()
    assert len(texts) > 50
    assert [text for text in texts if len(text) > 20 and json.dumps(text)[1:-1] in whole] == []
    assert "texts" in json.loads(files["evidence.json"])["left_out"]
    assert json.loads(files["evidence.json"])["asked"].keys() == answers["benchmarks"].keys()
    assert checked(files, place) == ()


def test_subject_that_no_gate_holds_has_no_statement_and_that_is_said(
    failed: Path, tmp_path: Path, place: Path
) -> None:
    folder = copied(failed, tmp_path)
    path = folder / "verdicts.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["verdicts"] = [one for one in document["verdicts"] if one["subject"] != "vote"]
    path.write_text(json.dumps(document), encoding="utf-8")
    n = len(document["verdicts"])
    _relabel(folder, lambda answers: answers["ledger"]["gates"].update(judged=n, of=n))
    made = make_bundle(folder, gates=None, with_texts=True)
    assert "no statement of vote: no gate holds it" in made.lines
    files = bundled(folder)
    told = statements(files)
    assert not any("vote" in name for name in told)
    about = told["run.FAILED.intoto.json"]
    assert "vote" not in {one["name"] for one in about["subject"]}
    assert "vote on ethics" in about["predicate"]["trusteval"]["no_gate"]
    assert checked(files, place) == ()


def _relabel(folder: Path, change: Callable[[Any], object]) -> None:
    document = read_document(folder / "answers.json.gz")
    change(document)
    write_document(folder / "answers.json.gz", document)


def test_served_models_are_not_named_by_a_digest_that_they_have_not(
    failed: Path, tmp_path: Path, place: Path
) -> None:
    folder = copied(failed, tmp_path)

    def serve(answers: Any) -> None:
        for parts in answers["subjects"].values():
            for part in parts.values():
                for one in part["identity"].get("vote over", {"": part["identity"]}).values():
                    one |= {"engine": "openai", "weights": "served, so not fingerprinted"}

    _relabel(folder, serve)
    files = bundled(folder)
    [(name, only)] = statements(files).items()
    assert name == "run.FAILED.intoto.json"
    assert [one["name"] for one in only["subject"]] == ["verdicts.json"]
    assert checked(files, place) == ()


# -- what is refused ---------------------------------------------------------------------------


def test_answers_of_another_run_are_refused(finished: Path, failed: Path, tmp_path: Path) -> None:
    folder = copied(failed, tmp_path)
    shutil.copy(finished / "answers.json.gz", folder)
    with pytest.raises(UsageError, match=r"is not of the run of verdicts\.json beside it"):
        make_bundle(folder, gates=None, with_texts=True)


def test_secret_in_a_command_is_refused_and_not_repeated(failed: Path, tmp_path: Path) -> None:
    folder = copied(failed, tmp_path)
    path = folder / "run.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["command"].append("--trust-model=http://me:hunter2@host/v1#m")
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(UsageError, match="may hold a user, a password or a key") as refused:
        make_bundle(folder, gates=None, with_texts=True)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "words",
    [[], ["RUN"], ["--check", "a.zip", "RUN"], ["--check", "a.zip", "--without-texts"], ["a", "b"]],
)
def test_wrong_usage_is_one_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bundle", *words]) == UNREADABLE
    assert capsys.readouterr().err.count("\n") == 1


# -- what is found -----------------------------------------------------------------------------


def test_each_file_that_is_changed_missing_or_further_is_found(files: Files, place: Path) -> None:
    for name, content in files.items():
        for other in (content + b" ", content[:-1], b"", b"{}"):
            assert checked({**files, name: other}, place), name
        if name != "manifest.json":
            [found] = [
                line
                for line in checked({**files, name: content + b" "}, place)
                if line.startswith(f"{name}: it has sha256")
            ]
            assert "the manifest says" in found
            rest = {other: kept for other, kept in files.items() if other != name}
            assert f"{name}: the manifest names it, and it is missing" in checked(rest, place)
    found = checked({**files, "more.txt": b""}, place)
    assert "more.txt: the manifest does not name it" in found
    assert "statements/run.FAILED.intoto.json: it does not name more.txt as it is" in found


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_any_bit_of_any_member_that_is_flipped_is_found(
    data: st.DataObject, files: Files, place: Path
) -> None:
    name = data.draw(st.sampled_from(sorted(files)))
    changed = bytearray(files[name])
    at = data.draw(st.integers(0, len(changed) - 1))
    changed[at] ^= 1 << data.draw(st.integers(0, 7))
    assert checked({**files, name: bytes(changed)}, place), (name, at)


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_archive_with_any_byte_changed_is_found_or_holds_the_same(
    data: st.DataObject, files: Files, place: Path
) -> None:
    whole = bytearray(packed(files))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    place.write_bytes(bytes(whole))
    try:
        found = check_bundle(place)
    except UsageError:
        return
    if not found.findings:
        assert unpacked(place).files == files
        assert "the archive was packed anew: its own bytes are not checked" in found.notes


FORGED: dict[str, tuple[str, Callable[[Any], object], str]] = {
    "a failure that passed": (
        "verdicts.json",
        lambda d: [one.update(outcome="PASS") for one in d["verdicts"]],
        "statements/01-dense.WARNED.intoto.json: the run's files come to no such statement",
    ),
    "a better score": (
        "verdicts.json",
        lambda d: d["scores"][0]["score"].update(value=99.5),
        "the answers come to",
    ),
    "a narrower interval": (
        "verdicts.json",
        lambda d: d["scores"][0]["score"]["interval"].update(low=99.0),
        "its interval is not that of the answers",
    ),
    "fewer refusals": (
        "verdicts.json",
        lambda d: [one["score"]["counts"].update(refused=0) for one in d["verdicts"]],
        "its counts are not those of the answers",
    ),
    "a gate that is gone": (
        "verdicts.json",
        lambda d: d["verdicts"].pop(),
        "its ledger is not that of verdicts.json",
    ),
    "another exit status": (
        "run.json",
        lambda d: d["ledger"].update(exit_status=0),
        "'run' is not what the run's files come to",
    ),
    "another result": (
        "statements/03-gptq-4.FAILED.intoto.json",
        lambda d: d["predicate"].update(result="PASSED"),
        'its result is "PASSED", the run\'s files come to "FAILED"',
    ),
    "another artifact": (
        "statements/01-dense.WARNED.intoto.json",
        lambda d: d["subject"][0]["digest"].update(sha256="0" * 64),
        "its subject is",
    ),
    "a file that is not named": (
        "statements/run.FAILED.intoto.json",
        lambda d: d["predicate"]["configuration"].pop(),
        "it does not name",
    ),
    "other evidence": (
        "evidence.json",
        lambda d: d.update(result="PASSED"),
        "'result' is not what the run's files come to",
    ),
    "texts that are said to be left out": (
        "evidence.json",
        lambda d: d["left_out"].update(texts="for peace"),
        "it says that texts are left out",
    ),
}


@pytest.mark.parametrize("case", FORGED)
def test_forgery_with_a_manifest_that_agrees_is_found(case: str, files: Files, place: Path) -> None:
    name, change, expected = FORGED[case]
    found = checked(edited(files, name, change), place)
    assert any(expected in line for line in found), found


def test_answers_that_were_not_said_are_found(files: Files, place: Path, tmp_path: Path) -> None:
    """Its own digest made anew, an answer read from no response is none."""
    path = tmp_path / "answers.json.gz"
    path.write_bytes(files["answers.json.gz"])
    document = read_document(path)
    part = document["subjects"]["gptq-4"]["ethics"]
    part["code"] = [0] * len(part["code"])
    part["answers"] = [["label", "wrong"]]
    write_document(path, document)
    found = checked(listed_anew({**files, path.name: path.read_bytes()}), place)
    assert any("answers are not what parts of answers read again come to" in one for one in found)
    assert any("gptq-4 on ethics" in one for one in found)


def test_statement_may_hold_what_a_later_version_adds(files: Files, place: Path) -> None:
    def add(document: Any) -> None:
        document["later"] = document["predicate"]["later"] = {"more": 1}

    assert checked(edited(files, "statements/run.FAILED.intoto.json", add), place) == ()
    assert checked(edited(files, "manifest.json", lambda d: None), place) == ()


# -- archives that others made -----------------------------------------------------------------


def _zip(path: Path, *members: tuple[zipfile.ZipInfo | str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members:
            archive.writestr(member, content)


def _link() -> zipfile.ZipInfo:
    member = zipfile.ZipInfo("report.md")
    member.create_system, member.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return member


HOSTILE: dict[str, tuple[tuple[zipfile.ZipInfo | str, bytes], ...]] = {
    "no manifest": (("verdicts.json", b"{}"),),
    "a manifest that is none": (("manifest.json", b"[]"),),
    "a manifest nested beyond all bounds": (("manifest.json", b"[" * 10**6),),
    "a place above": (("../manifest.json", b"{}"),),
    "a place from the root": (("/etc/passwd", b""),),
    "a place on a drive": (("C:\\manifest.json", b""),),
    "a folder": (("statements/", b""),),
    "a link": ((_link(), b"/etc/passwd"),),
    "a name twice but for its case": (("Report.md", b""), ("report.md", b"")),
    "a bomb": (("manifest.json", bytes(600 * 2**20)),),
    "a name that a terminal acts on": (("\x1b[2J.md", b""),),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_archive_is_refused_in_one_line(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bundle.zip"
    _zip(path, *HOSTILE[case])
    assert main(["bundle", "--check", str(path)]) == UNREADABLE
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert "\x1b" not in said.err


def test_name_twice_is_refused(files: Files, tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(packed(files))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("verdicts.json", b"{}")
    with pytest.raises(UsageError, match="twice"):
        check_bundle(path)


def test_archive_packed_anew_is_intact_and_that_is_said(files: Files, tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    _zip(path, *files.items())
    found = check_bundle(path)
    assert found.findings == ()
    assert found.notes[0] == "the archive was packed anew: its own bytes are not checked"


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip", base64.b64decode("UEsFBg==")])
def test_what_is_no_archive_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="is no zip archive that can be read"):
        check_bundle(path)


def test_command_says_every_finding_in_a_line(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(packed({**files, "report.md": b"all is well", "more.txt": b""}))
    assert main(["bundle", "--check", str(path)]) == DISAGREES
    lines = capsys.readouterr().out.splitlines()
    n = sum(line.startswith(("more.txt", "report.md", "statements/")) for line in lines)
    assert lines[-1] == f"{path}: {n} findings"
    assert "more.txt: the manifest does not name it" in lines


@pytest.mark.parametrize("place", ["", "/dev/null"])
def test_bundle_takes_the_place_of_nothing_but_a_file(
    place: str, failed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = Path(place) if place else tmp_path
    assert main(["bundle", str(failed), str(out)]) == UNREADABLE
    assert capsys.readouterr().err.startswith(f"trusteval: cannot write {out}: it is there")
    assert not out.is_file()
