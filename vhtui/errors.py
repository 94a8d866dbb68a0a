"""Every error vhtui raises on purpose, in one tree.

::

    VhtuiError                  has a sentence for the person
    |-- UsageError              a command, path or query that cannot be understood
    |   `-- StateError              understood, but things do not stand so
    |-- ConfigError             a config or credentials file that cannot be used (file, line)
    |-- StoreError              the local database cannot be used
    |-- UnsupportedError        the account's host has no call for it
    |-- ReadOnlyError           the account is read-only by its configuration
    `-- ProviderError           a call to a host did not succeed
        |-- NotSentError        nothing left this machine: safe to send again
        |-- RefusedError        the host read the call and said no: it did not happen
        |   |-- WrongKeyError       the key is not accepted
        |   |-- ForbiddenError      the key is, but this call is not allowed with it
        |   |-- NotFoundError       no such file, folder or queue entry
        |   |-- BadRequestError     the parameters are not accepted
        |   |-- RateLimitedError    too many calls; says how long to wait
        |   `-- LegalError          unavailable for legal reasons (451)
        `-- InDoubtError        sent, but the outcome is unknown
            |-- TimedOutError       no answer in time
            |-- ConnectionLostError the connection broke before the answer was complete
            |-- ServerFaultError    the host answered 5xx (or 509)
            `-- UnreadableError     the answer is not what the document promises

The three branches of ProviderError are what decides whether a call may be sent again: see
``core/jobs/executor.py``.
"""

from __future__ import annotations


class VhtuiError(Exception):
    """The root: ``str(error)`` is one sentence that says what is wrong and what to do."""


class UsageError(VhtuiError):
    """A command, path, pattern or query that cannot be understood."""


class StateError(UsageError):
    """What was asked for is understood, and does not fit how things stand: what it is about is
    not there, or is so already. It is no wrong usage, so its exit status is that of a failure."""


class ConfigError(VhtuiError):
    """A configuration that cannot be used; the sentence names the file and the line."""


class StoreError(VhtuiError):
    """The local database cannot be opened, read or written."""


class UnsupportedError(VhtuiError):
    """The account's host has no call for what was asked."""


class ReadOnlyError(VhtuiError):
    """The account is read-only in config.toml, so nothing may be changed through it."""


class ProviderError(VhtuiError):
    """A call to a host did not succeed."""


class NotSentError(ProviderError):
    """The host could not be reached; no byte of the call left this machine."""


class RefusedError(ProviderError):
    """The host understood the call and refused it, so it had no effect."""


class WrongKeyError(RefusedError):
    """The host does not accept the account's key (HTTP 401, or 403 to every call)."""


class ForbiddenError(RefusedError):
    """The host accepts the key and does not allow this call with it (HTTP 403)."""

    def __init__(self, message: str, *, said: str, as_wrong_key: str) -> None:
        """Keep the host's own words, and the message if it turns out to be the key after all."""
        super().__init__(message)
        self.said = said
        self.as_wrong_key = as_wrong_key


class NotFoundError(RefusedError):
    """The host knows no such file, folder or queue entry (HTTP 404)."""


class BadRequestError(RefusedError):
    """The host does not accept the parameters (HTTP 400 or 422)."""


class RateLimitedError(RefusedError):
    """The host was asked too often (HTTP 429)."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        """Keep how many seconds the host asks to wait, None when it did not say."""
        super().__init__(message)
        self.retry_after = retry_after


class LegalError(RefusedError):
    """The file is unavailable for legal reasons (HTTP 451)."""


class InDoubtError(ProviderError):
    """The call was sent and may have taken effect: look before sending it again."""


class TimedOutError(InDoubtError):
    """No complete answer came within the deadline."""


class ConnectionLostError(InDoubtError):
    """The connection broke after the call was sent."""


class ServerFaultError(InDoubtError):
    """The host answered with a fault of its own (HTTP 5xx, 509)."""


class UnreadableError(InDoubtError):
    """The answer is not JSON, too large, a redirect, or not of the documented shape."""
