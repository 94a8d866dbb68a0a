from __future__ import annotations

from collections.abc import Iterator

import pytest

from vhtui.sandbox import SandboxOptions, start
from vhtui.sandbox.client import Control


@pytest.fixture
def control() -> Iterator[Control]:
    """The doors of a sandbox of the test's own: what other accounts hold would slow it down."""
    with start(SandboxOptions(files=0, folders=0, rate=0)) as running:
        yield running.control
