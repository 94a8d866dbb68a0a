r"""The filter language: what a person types to say which files they mean.

``show "season 1" -trailer views<1k (size>1g or length>=1h30m) uploaded:2026-01..2026-03``

Terms side by side must all hold, ``or`` (or ``|``) and brackets mean what they say, ``-`` negates
the term that follows. A word or a "phrase" is looked for in the title, whatever its case; inside
quotes ``\"`` is a quote. ``HELP`` lists the fields.

Two rules make filters predictable enough to delete by them:

* A file that lacks a value (the host did not say) meets no comparison with it, ``!=`` included. But
  ``-`` is the plain "not": ``-views<10`` holds for every file for which ``views<10`` does not,
  so also for one without views.
* A number means what is written: ``size:1g`` is exactly 1 000 000 000 bytes. A date means all of
  it: ``uploaded:2026-01`` is that month, ``uploaded>2026-01`` begins with February. Days are UTC
  days, a month of age has 30 days, a year 365.

``parse`` never guesses: what it cannot read is a ``QueryError`` that says where and how to mend it.
``core/search.py`` says the same in SQL; ``Query.matches`` is the definition.
"""

from vhtui.query.literals import literals
from vhtui.query.nodes import (
    STATES,
    AllOf,
    AnyOf,
    Between,
    Contains,
    Duplicate,
    Duplicates,
    EndsWith,
    InState,
    Matches,
    Node,
    Not,
    Query,
    QueryError,
    Within,
    found_in,
    millionths,
    too_slow,
)
from vhtui.query.parser import HELP, complete, parse, token_start

__all__ = [
    "HELP",
    "STATES",
    "AllOf",
    "AnyOf",
    "Between",
    "Contains",
    "Duplicate",
    "Duplicates",
    "EndsWith",
    "InState",
    "Matches",
    "Node",
    "Not",
    "Query",
    "QueryError",
    "Within",
    "complete",
    "found_in",
    "literals",
    "millionths",
    "parse",
    "token_start",
    "too_slow",
]
