r"""The rename studio's mind: files and a pattern become a plan, and nothing is changed here.

A pattern is a frozen value (``Replace``, ``RegexReplace``, ``Template``, ``Case``, ``Numbering``,
``FromList``, ``FromCsv``); a wrong one cannot be built: it raises ``PatternError``. ``plan``
applies it to files in the order they are shown and warns about every doubtful row by itself, so
that one bad row never throws the others away. ``changes`` is what will be sent.

Replace, regex, case and numbering leave a file's extension (a known one, such as ``.mkv``) alone;
the first two change it too when told ``extension=True``. Lists are taken as they are.
"""

from vhtui.rename.lists import FromCsv, FromList, editor_text, from_editor
from vhtui.rename.patterns import Case, Numbering, RegexReplace, Replace, Template, prepare
from vhtui.rename.plan import (
    CONTROL,
    DUPLICATE,
    EMPTY,
    SPACE,
    TOO_LONG,
    UNCHANGED,
    Pattern,
    PatternError,
    Step,
    changes,
    plan,
    spans,
    split_title,
)
from vhtui.rename.release import Release, parse_release

__all__ = [
    "CONTROL",
    "DUPLICATE",
    "EMPTY",
    "SPACE",
    "TOO_LONG",
    "UNCHANGED",
    "Case",
    "FromCsv",
    "FromList",
    "Numbering",
    "Pattern",
    "PatternError",
    "RegexReplace",
    "Release",
    "Replace",
    "Step",
    "Template",
    "changes",
    "editor_text",
    "from_editor",
    "parse_release",
    "plan",
    "prepare",
    "spans",
    "split_title",
]
