r"""Links to videos found in text of any kind and size: pages, dumps, tables, pasted lists.

Read as a stream of bytes in constant memory, one line or a million. Viewer domains rotate, so a
link is known by the shape of its path: ``/e/CODE`` and ``/CODE`` are VOE's, ``/CODE.html`` and
``/embed-CODE.html`` illvid's; only where a host's own domain stands does that decide. Links inside
JSON (``\/``), percent-encoding and HTML entities are found too. A bare code counts where its line
has nothing but codes.
"""

from __future__ import annotations

import codecs
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from vhtui.links import DEFAULT_BASES

ANY_HOST = ""
"""The host of a code that stands alone: any may have it."""
LONGEST_TEXT = 300

_BLOCK = 1 << 20
_OVERLAP = 1024
"""Bytes in which any link ends that begins before them, and a link's domain fits behind."""


class FoundLink(Struct, frozen=True):
    """A link or code in a text. ``host`` is the provider its shape fits, ``line`` counts from 1."""

    host: str
    code: str
    text: str
    line: int


def scan(stream: BinaryIO) -> Iterator[FoundLink]:
    """Find every link in a stream of bytes of any encoding, in order of lines."""
    buffer, start, line = b"", 0, 1
    for block, is_last in _blocks(stream):
        buffer += block
        end = len(buffer) if is_last else _cut(buffer, start)
        counted = start
        for at, host, code, text in sorted(_found(buffer, start, end)):
            line += buffer.count(b"\n", counted, at)
            counted = at
            yield FoundLink(host, code, text, line)
        line += buffer.count(b"\n", counted, end)
        kept = max(0, end - _OVERLAP)
        buffer, start = buffer[kept:], end - kept


def scan_text(text: str) -> Iterator[FoundLink]:
    """Find every link in a text that was pasted."""
    from io import BytesIO

    return scan(BytesIO(text.encode("utf-8", "replace")))


def files_below(path: Path) -> Iterator[Path]:
    """Return a file, or the regular files in a folder and below it, in order.

    Hidden ones and links to folders are passed over. What cannot be looked at is returned as well,
    folders too: whoever opens it finds out why.
    """
    if not os.path.isdir(path):  # noqa: PTH112 (Path.is_dir raises where nobody may look)
        yield path
        return
    closed: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(folder, name)
            if not name.startswith(".") and _may_be_read(file):
                yield file
    yield from (Path(error.filename) for error in closed)


def _may_be_read(file: Path) -> bool:
    try:
        return stat.S_ISREG(file.stat().st_mode)
    except PermissionError:
        return True
    except OSError:
        return False


# -- bytes ----------------------------------------------------------------------------------------


def _blocks(stream: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Give the stream in blocks of an encoding that has ASCII in it, and say which is the last."""
    first = stream.read(_BLOCK)
    encoding = _wide_encoding(first)
    decoder = codecs.getincrementaldecoder(encoding)("replace") if encoding else None
    block = first
    while True:
        following = stream.read(_BLOCK) if block else b""
        is_last = not following
        narrow = decoder.decode(block, is_last).encode("utf-8", "replace") if decoder else block
        yield narrow, is_last
        if is_last:
            return
        block = following


def _wide_encoding(start: bytes) -> str | None:
    """Return the encoding of a text that is not a superset of ASCII, by its mark or its zeros."""
    for mark, encoding in (
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if start.startswith(mark):
            return encoding
    sample = start[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 4 < len(sample) or min(even, odd) * 4 > max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _cut(buffer: bytes, start: int) -> int:
    """Return up to where links can be looked for: behind a line's end if there is one nearby."""
    end = max(start, len(buffer) - _OVERLAP)
    newline = buffer.rfind(b"\n", max(start, end - 64 * _OVERLAP), end)
    return newline + 1 if newline >= 0 else end


# -- links ----------------------------------------------------------------------------------------

_SLASH = rb"\\{0,4}(?:/|%2[Ff]|&\#x2[Ff];|&\#47;)"
_CODE = rb"[A-Za-z0-9]{12}"
_LONG_CODE = rb"[A-Za-z0-9]{8,16}"
_PATH = re.compile(
    rb"""(?:/|%2[Ff]|&\#x2[Ff];|&\#47;)
        (?: (?: e | d ) """
    + _SLASH
    + rb""" (?P<embedded>"""
    + _LONG_CODE
    + rb""") (?: \.html )?
          | embed- (?P<framed>"""
    + _LONG_CODE
    + rb""") (?: - [0-9]{1,5} x [0-9]{1,5} )? \.html
          | (?P<paged>"""
    + _CODE
    + rb""") \.html
          | (?P<plain>"""
    + _CODE
    + rb""") )
        (?! [A-Za-z0-9_~@:-] | \.[A-Za-z0-9] | """
    + _SLASH
    + rb"""[A-Za-z0-9_.~-] )""",
    re.VERBOSE,
)
_SCHEME = re.compile(_SLASH + _SLASH + rb"$")
_DOMAIN_SIGNS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:-" + bytes(
    range(128, 256)
)
_INSIDE_A_PATH = (b"/", b"%", b"_", b"@", b";", b"~")
_LONGEST_DOMAIN = 300
_NAMED = re.compile(rb"\.(?:[A-Za-z][A-Za-z0-9-]+|[\x80-\xff][A-Za-z0-9\x80-\xff-]*)(?::[0-9]+)?$")
_BARE_LINE = re.compile(
    rb"^[ \t]*(?P<codes>%b(?:[ \t,;]+%b)*)[ \t,;]*(?=\r?$)" % (_CODE, _CODE), re.MULTILINE
)
_SHAPE_HOSTS = {"embedded": "voe", "plain": "voe", "framed": "illvid", "paged": "illvid"}
_OWN_DOMAINS = {base.domain: name for name, base in DEFAULT_BASES.items()}

_Found = tuple[int, str, str, str]  # where, host, code, the link's own text


def _found(buffer: bytes, start: int, end: int) -> Iterator[_Found]:
    for path in _PATH.finditer(buffer, start):
        if path.start() >= end:
            break
        link = _link(buffer, path)
        if link is not None:
            yield link
    for line in _BARE_LINE.finditer(buffer, start):
        if line.start() >= end:
            break
        for code in re.finditer(_CODE, line["codes"]):
            word = code[0].decode()
            yield line.start("codes") + code.start(), ANY_HOST, word, word


def _link(buffer: bytes, path: re.Match[bytes]) -> _Found | None:
    """Return the link whose path was found, if a domain stands before it."""
    before = buffer[max(0, path.start() - _LONGEST_DOMAIN) : path.start()].rstrip(b"\\")
    front = before.rstrip(_DOMAIN_SIGNS)
    domain = before[len(front) :].lstrip(b".:-")
    if front.endswith(b"%") and domain[:2] in (b"2F", b"2f"):
        front, domain = front + domain[:2], domain[2:]
    has_scheme = _SCHEME.search(front[-16:]) is not None
    if has_scheme:
        if b"." not in domain and b":" not in domain:
            return None
    elif front.endswith(_INSIDE_A_PATH) or not _NAMED.search(domain):
        return None
    shape = path.lastgroup or ""
    host = _OWN_DOMAINS.get(domain.decode("latin-1").lower().removeprefix("www."))
    text = domain + path[0]
    return (
        path.start(),
        host or _SHAPE_HOSTS[shape],
        path[shape].decode(),
        text.decode("utf-8", "replace")[:LONGEST_TEXT],
    )
