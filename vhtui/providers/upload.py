"""A file as the multipart form that the hosts take, streamed, of a length known beforehand."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from vhtui.errors import UsageError

_ESCAPES = {code: f"%{code:02X}" for code in (*range(0x20), 0x22, 0x7F)} | {ord("\\"): "_"}


class FileForm(Struct, frozen=True, kw_only=True):
    """Form fields, then the file part ``file``: ``chunks`` yields exactly ``size`` bytes."""

    file_name: str
    chunks: Iterable[bytes]
    size: int
    fields: tuple[tuple[str, str], ...] = ()
    boundary: str = field(default_factory=lambda: f"vhtui-{os.urandom(16).hex()}")

    def headers(self) -> dict[str, str]:
        """Return the headers that describe the body."""
        length = len(self._head()) + self.size + len(self._tail())
        return {
            "Content-Type": f"multipart/form-data; boundary={self.boundary}",
            "Content-Length": str(length),
        }

    def body(self) -> Iterator[bytes]:
        """Yield the body; the chunks pass through as they are.

        UsageError, before the body is complete, when they are not ``size`` bytes in all.
        """
        yield self._head()
        left = self.size
        for chunk in self.chunks:
            left -= len(chunk)
            if left < 0:
                break
            yield chunk
        if left:
            raise UsageError(f"{self.file_name} changed while it was sent: upload it again")
        yield self._tail()

    def _head(self) -> bytes:
        parts = [
            f'--{self.boundary}\r\nContent-Disposition: form-data; name="{_quotable(name)}"'
            f"\r\n\r\n{value}\r\n"
            for name, value in self.fields
        ]
        parts.append(
            f'--{self.boundary}\r\nContent-Disposition: form-data; name="file"; '
            f'filename="{_quotable(self.file_name)}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        return "".join(parts).encode("utf-8", "replace")

    def _tail(self) -> bytes:
        return f"\r\n--{self.boundary}--\r\n".encode()


def _quotable(name: str) -> str:
    """Escape as browsers do; a backslash, which parsers disagree about, becomes ``_``."""
    return name.translate(_ESCAPES)
