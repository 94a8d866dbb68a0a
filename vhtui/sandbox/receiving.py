"""Receives uploads: multipart in a stream, hashed and counted, never kept."""

from __future__ import annotations

import hashlib

from msgspec import Struct, field
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from vhtui.sandbox.replies import RefusedError

LONGEST_FIELD = 64 * 1024


class ReceivedFile(Struct, frozen=True):
    """What is remembered of an uploaded file. `size` in bytes, `sha256` in hexadecimal."""

    name: str
    size: int
    sha256: str


class _Part(Struct):
    """The part being read: its headers, and what its data comes to."""

    header: bytearray = field(default_factory=bytearray)
    value: bytearray = field(default_factory=bytearray)
    headers: dict[str, bytes] = field(default_factory=dict)
    field: bytearray = field(default_factory=bytearray)
    name: str = ""
    filename: str | None = None


class Form:
    """A multipart form as it comes in: small fields by name, the file part `file` as a digest."""

    def __init__(self, boundary: bytes) -> None:
        self.fields: dict[str, str] = {}
        self.file: ReceivedFile | None = None
        self.complete = False
        self._part = _Part()
        self._hash = hashlib.sha256()
        self._size = 0
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._data,
                "on_part_end": self._end,
                "on_end": self._finish,
            },
        )

    def write(self, chunk: bytes) -> None:
        """Take the next bytes of the body."""
        self._parser.write(chunk)

    def _begin(self) -> None:
        self._part = _Part()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._part.header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._part.value += data[start:end]

    def _header_end(self) -> None:
        part = self._part
        part.headers[part.header.decode("latin-1").lower()] = bytes(part.value)
        part.header.clear()
        part.value.clear()

    def _headers_finished(self) -> None:
        part = self._part
        disposition = part.headers.get("content-disposition", b"").decode("latin-1")
        _, options = parse_options_header(disposition)
        part.name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" in options:
            part.filename = _file_name(options[b"filename"])
        if part.filename is not None and part.name == "file":
            self._hash, self._size = hashlib.sha256(), 0

    def _data(self, data: bytes, start: int, end: int) -> None:
        part = self._part
        if part.filename is None:
            if len(part.field) + end - start > LONGEST_FIELD:
                raise RefusedError(422, f"The {part.name} field is too long.", part.name)
            part.field += data[start:end]
        elif part.name == "file":
            self._hash.update(memoryview(data)[start:end])
            self._size += end - start

    def _end(self) -> None:
        part = self._part
        if part.filename is None:
            self.fields[part.name] = part.field.decode("utf-8", "replace")
        elif part.name == "file":
            self.file = ReceivedFile(part.filename, self._size, self._hash.hexdigest())

    def _finish(self) -> None:
        self.complete = True


def _file_name(value: bytes) -> str:
    """Undo a browser's escapes and keep the last path segment."""
    name = value.decode("utf-8", "replace")
    for escape, character in (("%22", '"'), ("%0D", "\r"), ("%0A", "\n")):
        name = name.replace(escape, character)
    return name.rpartition("/")[2]


async def receive(request: Request) -> Form:
    """Read a whole upload in constant memory.

    Raises RefusedError when it is not a complete multipart body of known length.
    """
    if "content-length" not in request.headers:
        raise RefusedError(411, "Length Required")
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or b"boundary" not in options:
        raise RefusedError(422, "The file field is required.", "file")
    form = Form(options[b"boundary"])
    try:
        async for chunk in request.stream():
            if chunk:
                form.write(chunk)
    except FormParserError as error:
        raise RefusedError(400, "The upload is damaged.", "file") from error
    if not form.complete:
        raise RefusedError(400, "The upload is incomplete.", "file")
    return form
