"""The accounts and the engine of the upload tests: two accounts at VOE, one at illvid."""

from __future__ import annotations

from tests.core.uploads.conftest import accounts, control, desk, files, sandbox

__all__ = ["accounts", "control", "desk", "files", "sandbox"]
