"""The HTTP client's own part: how it is set up, and what its errors and headers say."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING

from trusteval.engines.served.api_key import ApiKey
from trusteval.errors import EngineError

if TYPE_CHECKING:
    import httpx2

_TOO_LARGE = 431
"""The status that the client's parser would answer headers with that it does not read on."""


def http_client(url: str, *, key: ApiKey, connections: int) -> httpx2.AsyncClient:
    """Return a client that asks for replies as they are and keeps no cookies.

    Raises EngineError where the environment names a proxy or certificates that cannot be used.
    """
    import httpx2

    headers = {"Content-Type": "application/json", "Accept-Encoding": "identity", **key.headers()}
    try:
        # Without TLS there is nothing to verify, and certificates take a tenth of a second to load.
        verify = httpx2.create_ssl_context() if url.startswith("https:") else False
        return httpx2.AsyncClient(
            headers=headers,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            verify=verify,
            timeout=None,  # the patience of each request covers it all
            limits=httpx2.Limits(max_connections=connections),
        )
    except (OSError, ImportError, ValueError, httpx2.InvalidURL) as error:
        # Not repeated: a proxy's URL may hold a password.
        raise EngineError(
            f"{url} cannot be asked ({type(error).__name__}): look at HTTP_PROXY, HTTPS_PROXY, "
            "ALL_PROXY, NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR in the environment"
        ) from error


def has_too_large_headers(error: BaseException) -> bool:
    """Whether headers were given up for their size."""
    cause: BaseException | None = error
    while cause is not None:
        if getattr(cause, "error_status_hint", None) == _TOO_LARGE:
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def asked_pause(response: httpx2.Response) -> float:
    """Return how many seconds Retry-After asks to wait, given as a number or a date."""
    asked = response.headers.get("Retry-After", "")
    try:
        return max(0.0, float(asked))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(asked).timestamp() - time.time())
    except (ValueError, OverflowError, OSError):
        return 0.0
