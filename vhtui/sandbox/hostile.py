"""Texts that attack whoever shows them: markup, escape sequences, direction overrides."""

from __future__ import annotations

TITLES = (
    "Show [/] S01E01.mkv",
    "[@click=app.quit]x",
    "[HorribleSubs] a",
    "[b]",
    "[/b][red on white]boo[/]",
    "[link=https://evil.example]free[/link] movie.mp4",
    "[bold",
    "back\\[slash] \\",
    "$x ${HOME} `id` $(reboot).mkv",
    "\x1b[2J\x1b[H cleared.mp4",
    "\x1b]52;c;cm0gLXJmIH4K\x07 clipboard.mkv",
    "\x1b]0;new window title\x1b\\ title.mkv",
    "\x1b[31mred\x1b[0m.mp4",
    "\x9b31m C1 control \x9d52;c;aGk=\x9c.mkv",
    "\u202egpj.exe\u202c reversed.mp4",
    "\u2066isolated\u2069 and \u2067right to left\u2069",
    "zero\u200bwidth\u200d\ufeff\u2060joined",
    "nul\x00inside.mkv",
    "line\nbreak\r\nand\ttab",
    "bell\x07 backspace\x08\x08\x08 delete\x7f",
    "lone \ud800 surrogate",
    "lone \udfff low surrogate",
    "שלום עולם עונה 1 - (1080p).mkv",
    "فيلم قديم ١٩٧٤ [720p].mp4",
    "z" + "\u0351\u0363\u0346\u034c" * 40 + "algo.mkv",
    "👩‍👩‍👧‍👦🏳️‍🌈🇪🇺 family.mp4",
    "wide 漢字ｶﾅ　　full width.mkv",
    "x" * 10_000,
    "[b]" * 3_333,
    "漢" * 10_000,
    " leading and trailing ",
    "\u3164\u2800\u00a0",
    "../../../etc/passwd",
    "-rf --no-preserve-root",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>.mp4",
    "%s%n%(key)s {0.__class__} {title!r}",
    "private \ue000\uf8ff and unassigned \U000e0041\U0010ffff",
    "\u2028line separator\u2029paragraph",
)
NOTES = (
    "Download failed: [/] [@click=app.quit]retry[/]",
    "HTTP error \x1b]52;c;cm0gLXJmIH4K\x07 [b]",
    "Refused \u202eesrever\x00\n second line",
)
URLS = (
    "https://example.org/a\x1b[2J\x07b.mp4",
    "https://example.org/[@click=app.quit]x/[/].mkv",
    "https://user:secret@example.org/\u202egpj.mp4?x=\x00\n",
    "ftp://example.org/\ud800.mkv",
)
MESSAGE = " [/] [@click=app.quit]x \x1b]52;c;aGk=\x07\u202e"
