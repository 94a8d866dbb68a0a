"""Modules that are loaded when something of them is first used: the first screen needs few."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class LateModule:
    """Stands for a module until then; each of its names is looked up once."""

    def __init__(self, name: str) -> None:
        """Stand for a module of the core: ``clones``, ``uploads.table``."""
        self._name = f"vhtui.core.{name}"

    def __getattr__(self, name: str) -> Any:
        value = self.__dict__[name] = getattr(import_module(self._name), name)
        return value
