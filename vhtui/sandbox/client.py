"""A plain client for a sandbox's control doors, in this process or another."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener


class Control:
    """Talks to the doors below a sandbox's `control_url`. Every method is one request.

    Raises urllib.error.HTTPError when the sandbox does not take a request.
    """

    def __init__(self, url: str, timeout: float = 60.0) -> None:
        self._url = url
        self._timeout = timeout
        self._open = build_opener(ProxyHandler({})).open

    def _send(self, method: str, door: str, body: object = None, **query: object) -> Any:
        url = f"{self._url}/{door}"
        if query:
            url += "?" + urlencode(query)
        data = None if body is None else json.dumps(body).encode()
        request = Request(url, data, {"Content-Type": "application/json"}, method=method)
        with self._open(request, timeout=self._timeout) as response:
            return json.load(response)

    def history(self, after: int = 0) -> list[dict[str, Any]]:
        """Return every applied mutation, in order."""
        history: list[dict[str, Any]] = self._send("GET", "history", after=after)
        return history

    def requests(self, after: int = 0) -> list[dict[str, Any]]:
        """Return every API request, in order of arrival."""
        requests: list[dict[str, Any]] = self._send("GET", "requests", after=after)
        return requests

    def files(self, *, provider: str = "voe", account: str = "") -> list[dict[str, Any]]:
        """Return the files of an account: code, title, folder, size, sha256."""
        files: list[dict[str, Any]] = self._send("GET", "files", provider=provider, account=account)
        return files

    def folders(self, *, provider: str = "voe", account: str = "") -> list[dict[str, Any]]:
        """Return the folders of an account: id, parent, name."""
        folders: list[dict[str, Any]] = self._send(
            "GET", "folders", provider=provider, account=account
        )
        return folders

    def uploads(self) -> list[dict[str, Any]]:
        """Return every received upload: provider, account, time, code, name, size, sha256."""
        uploads: list[dict[str, Any]] = self._send("GET", "uploads")
        return uploads

    def advance(self, seconds: float) -> float:
        """Let time pass; return the sandbox's time."""
        return float(self._send("POST", "clock", {"advance": seconds})["now"])

    def set_speed(self, speed: float) -> None:
        """Change how many sandbox seconds pass in a real one."""
        self._send("POST", "clock", {"speed": speed})

    def add_faults(self, *faults: dict[str, Any]) -> None:
        """Put fault rules into force."""
        self._send("POST", "faults", list(faults))

    def clear_faults(self) -> None:
        """Take all fault rules out of force."""
        self._send("DELETE", "faults")

    def set_options(self, **switches: bool) -> dict[str, bool]:
        """Switch uncertain behaviours of the hosts; return how all are set."""
        options: dict[str, bool] = self._send("POST", "options", switches)
        return options

    def add_account(
        self, provider: str = "voe", *, files: int = 0, folders: int = 0
    ) -> dict[str, str]:
        """Make an account; return its base_url, key and account name."""
        body = {"provider": provider, "files": files, "folders": folders}
        access: dict[str, str] = self._send("POST", "accounts", body)
        return access

    def change_files(self, *changes: dict[str, Any]) -> list[str]:
        """Rename, move, delete or add files behind the client's back; return their codes."""
        return [change["code"] for change in self._send("POST", "files", list(changes))]

    def change_folder(self, **change: Any) -> int:
        """Add, rename, move or delete a folder behind the client's back; return its id."""
        return int(self._send("POST", "folders", change)["id"])

    def reset(self) -> dict[str, Any]:
        """Start again as on the first day; return how to reach the accounts."""
        info: dict[str, Any] = self._send("POST", "reset", {})
        return info
