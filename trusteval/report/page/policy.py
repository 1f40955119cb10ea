"""What a browser may do with the page: run its one script, use its one stylesheet, nothing else."""

from __future__ import annotations

import base64
import hashlib


def policy(*, script: str | None, style: str) -> str:
    """Return the content security policy of a page with this inlined script and stylesheet.

    Without a script nothing can be run.
    """
    allowed = "'none'" if script is None else f"'{_fingerprint(script)}'"
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {allowed}",
            f"style-src '{_fingerprint(style)}'",
            "img-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _fingerprint(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
