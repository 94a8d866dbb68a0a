"""The exit status that every command has for what is not there: 1, as README says."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Machine

NOWHERE = [
    ["ls", "main:/none"],
    ["info", "main:@none"],
    ["link", "main:/none"],
    ["mv", "main:/none", "main:/"],
    ["rm", "main:/none"],
    ["rename", "main:/none", "new"],
    ["rename", "--case", "lower", "main:/none"],
    ["rename", "--from", "/none/titles.csv", "main:"],
    ["restore", "main:/none"],
    ["mkdir", "main:/none/below"],
    ["import", "ill:/", "/none/links.txt"],
    ["upload", "/none/video.mkv", "--to", "main:/"],
    ["uploaded", "/none/video.mkv"],
    ["watch", "/none", "--to", "main:/", "--dry-run"],
    ["watch", "--remove", "999"],
    ["uploads", "pause", "999"],
    ["uploads", "resume", "999"],
    ["uploads", "cancel", "999"],
    ["uploads", "retry", "999"],
    ["uploads", "settle", "999", "abc123456789"],
    ["remote", "add", "https://example.com/a.mp4", "--to", "main:/none"],
    ["remote", "restart", "999", "--account", "main"],
    ["remote", "delete", "999", "--account", "main"],
    ["jobs", "pause", "999"],
    ["jobs", "resume", "999"],
    ["jobs", "cancel", "999"],
    ["jobs", "retry", "999"],
    ["jobs", "settle", "999", "--look"],
    ["undo", "999"],
    ["undo"],
    ["redo"],
    ["clone", "abc123456789", "--to", "main:/none"],
    ["check", "/none/page.html"],
    ["premium", "main", "--settle", "999", "--bought"],
    ["holes", "main:/none"],
]


@pytest.mark.parametrize("command", NOWHERE, ids=" ".join)
def test_what_is_not_there_is_a_failure_and_no_wrong_usage(
    machine: Machine, command: list[str]
) -> None:
    result = machine.run(*command)
    assert result.status == 1, result.err
    assert result.err.startswith("vhtui: ") or command[0] in ("uploaded", "check")
