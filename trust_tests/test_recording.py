"""Records every subject's answers; the gates that follow read them from the store."""

from trusteval.gate.test_recording import test_judge, test_record  # noqa: F401
