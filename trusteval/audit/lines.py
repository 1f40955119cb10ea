"""An audit in words: what was drawn, and how far reader and person agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from trusteval.audit.agreement import Agreement
from trusteval.audit.drawing import CONTESTED
from trusteval.audit.labelling import Compared
from trusteval.audit.population import standing
from trusteval.audit.preparing import Audit
from trusteval.stats.weighted import Share
from trusteval.tracking.items import shown_answer
from trusteval.types import Answer, InvalidReason, Label

ALPHA = 0.05
_KINDS = ("refusal", *(reason.value for reason in InvalidReason))


def drawn_lines(audit: Audit) -> list[str]:
    """Say what was drawn, and of what."""
    key = audit.key
    contested = sum(one.drawn for one in key.strata if one.name[0] == CONTESTED)
    merged = len(key.answers) - len(audit.cards)
    return [
        f"drew {len(key.answers)} of {key.population:,} answers from {len(key.strata)} strata, "
        f"seed {key.seed}; readers disagree on {key.contested:,}, {contested} of them drawn",
        f"{len(audit.cards)} rows to label"
        + (f": {merged} more say the same to the same item" if merged else ""),
    ]


def agreement_lines(found: Agreement) -> Iterator[str]:
    """Say how far they agree: overall, by part, where they do not, and what is not known."""
    yield from _labelled_lines(found)
    if found.overall is None:
        return
    yield f"agreement {_percent(found.overall)}, weighted to all answers of the run"
    if found.on_reasons is not None and found.on_reasons != found.overall:
        yield f"agreement, also on why there is no answer: {_percent(found.on_reasons)}"
    for title, shares in (
        ("benchmark", found.by_benchmark),
        ("subject", found.by_subject),
        ("rule", found.by_rule),
    ):
        yield ""
        yield from _share_lines(title, shares)
        if title == "subject":
            yield from _equality_lines(found)
    yield ""
    yield from _confusion_lines(found.confusion)
    yield ""
    yield from map(disagreement_line, found.disagreements)
    apart = len(found.disagreements)
    noun = "disagreement" if apart == 1 else "disagreements"
    yield f"{apart} {noun} among {found.decided} labelled answers"


def disagreement_line(one: Compared) -> str:
    """Word a disagreement, with the whole response in one line."""
    drawn, label = one.drawn, one.label
    said = "undecided" if label is None else shown_answer(label)
    why = f"by {drawn.rule}" + (f", {drawn.span!r}" if drawn.span else "")
    return (
        f"{drawn.row} {drawn.subject} on {drawn.benchmark}/{one.setting} item {one.item}: "
        f"person {said}, reader {shown_answer(drawn.answer)} ({why}): {one.response!r}"
    )


def _labelled_lines(found: Agreement) -> Iterator[str]:
    labelling = found.labelling
    total = len(labelling.key.answers)
    undecided = f", {found.undecided} of them undecided" if found.undecided else ""
    yield f"labelled {len(labelling.compared)} of {total} drawn answers{undecided}"
    if labelling.unlabelled:
        rest = "; the estimates take the rest to be like them" if found.decided else ""
        yield f"not labelled yet: {labelling.unlabelled}{rest}"


def _percent(share: Share) -> str:
    return (
        f"{100 * share.value:.1f} % (90 % interval {100 * share.low:.1f} to "
        f"{100 * share.high:.1f}; n={share.n})"
    )


def _share_lines(title: str, shares: Mapping[str, Share]) -> Iterator[str]:
    width = max(map(len, (title, *shares)))
    yield f"{title:<{width}}  agreement  90 % interval   labelled"
    for name, share in shares.items():
        interval = f"{100 * share.low:.1f} to {100 * share.high:.1f}"
        yield f"{name:<{width}}  {100 * share.value:>9.1f}  {interval:<14}  {share.n:>8}"


def _equality_lines(found: Agreement) -> Iterator[str]:
    p, shares = found.equal_subjects_p, found.by_subject
    if len(shares) < 2:
        return
    best, worst = (choose(shares, key=lambda name: shares[name].value) for choose in (max, min))
    apart = [
        f"{one} and {other}"
        for place, one in enumerate(shares)
        for other in list(shares)[place + 1 :]
        if shares[one].low > shares[other].high or shares[other].low > shares[one].high
    ]
    if p <= ALPHA:
        yield (
            f"subjects differ, p = {p:.4f}: {worst} is read worse than {best}, so that "
            "comparing the two is biased"
        )
    else:
        yield f"no difference between subjects is shown, p = {p:.4f}; that is no proof of none"
    if apart:
        yield f"intervals that do not overlap: {', '.join(apart)}"


def _confusion_lines(confusion: Mapping[tuple[Answer, Answer], int]) -> Iterator[str]:
    """Lay out drawn answers, not weighted: a row for what the person says."""
    columns = ("same label", "other label", *_KINDS)
    cells: Counter[tuple[str, str]] = Counter()
    for (label, read), n in confusion.items():
        column = standing(read)
        if isinstance(read, Label):
            column = "same label" if read == label else "other label"
        cells[standing(label), column] += n
    rows = [row for row in ("label", *_KINDS) if any((row, column) in cells for column in columns)]
    kept = [column for column in columns if any((row, column) in cells for row in rows)]
    yield "person \\ reader  " + "  ".join(f"{column:>13}" for column in kept)
    for row in rows:
        counts = (cells.get((row, column), 0) for column in kept)
        yield f"{row:<15}  {'  '.join(f'{n:>13}' for n in counts)}"
