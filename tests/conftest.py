"""What all tests share."""

from __future__ import annotations

from hypothesis import settings

# A machine that is busy makes no test fail.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
