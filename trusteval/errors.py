"""Every error trusteval raises on purpose.

TrustEvalError
├── UsageError          the user asked for something that does not exist or cannot be
│   ├── VariantError    an unknown variant, method, bit width, ensemble or recipe
│   ├── ModelError      a model directory that is missing, unsafe or unreadable
│   ├── GateError       a gates.toml that is empty, incomplete or contradictory
│   ├── PlaceError      a folder or file that this user may not read or write
│   └── TrackingError   a baseline, recorded run or another tool's results: missing or damaged
├── DataError           a benchmark file or recording that is malformed (file and line)
│   └── MissingDataError   a benchmark file that is not there
├── EngineError         a model that could not be run, or produced NaN
│   ├── PromptError     one prompt that an engine cannot answer; knows which
│   ├── ItemError       the item of a setting whose prompt that was
│   ├── BrokenError     a variant too damaged to be judged
│   └── UnweighedError  an engine that cannot tell how likely labels are
├── QuantizationError   a build that did not finish
├── DrawingError        a picture that cannot be drawn here
├── DiskSpaceError      no room for what has to be written
├── UndefinedError      a metric that these answers leave without a value
├── StoreError          a response store that cannot be read or written
│   └── UnrecordedError answers that it lacks, in a run that judges recorded ones alone
└── VoteError           ballots that no vote can be held over
"""

from trusteval.printable import printable_line, printable_lines


class TrustEvalError(Exception):
    """Base of all errors below; its text says what, expected, got and what to do.

    It quotes what others wrote: names, rows, paths, replies. It is kept in one line that can be
    printed, and is cut where that is too long.
    """

    def __init__(self, message: str) -> None:
        super().__init__(printable_line(message))


class UsageError(TrustEvalError):
    """The user's mistake: pytest exits with 4, the command line with 2."""


class VariantError(UsageError):
    """An unknown variant, method, bit width, ensemble or recipe."""


class ModelError(UsageError):
    """A model directory that is missing, unsafe to load or unreadable."""


class GateError(UsageError):
    """A gates.toml that is empty, incomplete or contradictory."""


class PlaceError(UsageError):
    """A folder or file that this user may not read or write; names it and the way out."""


class TrackingError(UsageError):
    """A baseline, recorded run, history or another tool's results: missing, damaged, not read."""


class DataError(TrustEvalError):
    """A benchmark file or recording that is malformed; names the file and the line."""


class MissingDataError(DataError):
    """A benchmark file that is not there; names it and the ways to get it."""


class EngineError(TrustEvalError):
    """A model that could not be run, or that produced no usable numbers."""


class PromptError(EngineError):
    """One prompt that an engine cannot answer; `index` is its place in the list."""

    def __init__(self, message: str, *, index: int) -> None:
        super().__init__(message)
        self.index = index


class ItemError(EngineError):
    """An item that an engine cannot answer; `item` is its id in its setting."""

    def __init__(self, message: str, *, item: str) -> None:
        super().__init__(message)
        self.item = item


class BrokenError(EngineError):
    """A variant that runs but is too damaged to be judged; `subject` is its name."""

    def __init__(self, message: str, *, subject: str) -> None:
        super().__init__(message)
        self.subject = subject


class UnweighedError(EngineError):
    """An engine that cannot tell how likely labels are; its answers are as good as ever."""


class QuantizationError(TrustEvalError):
    """A quantized checkpoint that could not be built; after its line come those of its log."""

    def __init__(self, message: str) -> None:
        Exception.__init__(self, printable_lines(message))


class DrawingError(TrustEvalError):
    """A picture that cannot be drawn: without matplotlib, or as a kind of file it does not know."""


class DiskSpaceError(TrustEvalError):
    """No room for what has to be written; says where, and how much where it is known."""


class UndefinedError(TrustEvalError):
    """A metric that these answers leave without a value; the text says why.

    `too_few` says that more rows, answered as these were, would give it one.
    """

    def __init__(self, message: str, *, too_few: bool = False) -> None:
        super().__init__(message)
        self.too_few = too_few


class StoreError(TrustEvalError):
    """A response store that cannot be read or written."""


class UnrecordedError(StoreError):
    """Answers, or a look, that a store lacks in a run that asks nobody; says what it holds."""


class VoteError(TrustEvalError):
    """Ballots that no vote can be held over: none at all, or one variant twice."""
