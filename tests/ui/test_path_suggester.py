from __future__ import annotations

from pathlib import Path

from vhtui.ui.path_suggester import completion


def test_paths_are_completed(tmp_path: Path) -> None:
    (tmp_path / "dumps").mkdir()
    (tmp_path / ".hidden").touch()
    assert completion(f"{tmp_path}/du") == f"{tmp_path}/dumps/"
    assert completion(f"{tmp_path}/x") is None
    assert completion(f"{tmp_path}/.h") == f"{tmp_path}/.hidden"
    assert completion("/nowhere/at/all") is None
