"""The certificates that prove who is at the other end."""

from __future__ import annotations

import functools
import ssl
from pathlib import Path

import httpx

from vhtui.errors import ConfigError


@functools.cache
def trust(ca_file: Path | None = None) -> ssl.SSLContext:
    """Return the one TLS context: loading the certificates takes longer than a first frame.

    ``ca_file``: PEM certificates of authorities that are trusted besides the usual ones;
    ConfigError when they cannot be read.
    """
    context = httpx.create_ssl_context(trust_env=False)
    if ca_file is None:
        return context
    try:
        context.load_verify_locations(cafile=ca_file)
    except ssl.SSLError:
        raise ConfigError(f"ca_file {ca_file} holds no certificates (PEM)") from None
    except OSError as error:
        raise ConfigError(f"ca_file {ca_file} cannot be read: {error.strerror or error}") from None
    return context


def is_untrusted(error: BaseException) -> bool:
    """Whether a connection failed because of the certificate at its other end."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
