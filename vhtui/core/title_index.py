"""The search index: which titles contain which three characters in a row (FTS5, trigram).

It only ever narrows a search down: what it finds is looked at again, so an entry that is out of
date does no harm and none is ever removed. Files that are new or renamed are in
``title_unindexed`` until a batch of them is indexed in the background, which is thirty times
cheaper than a file at a time; a search looks at them one by one. Where SQLite lacks FTS5 there is
no index, and a search looks at every title.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vhtui.core.database import Database, Transaction

BATCH = 2_500
"""Titles indexed in one transaction (about 10 ms); fewer wait until there are so many."""

_MERGED_PAGES = 16
_IDLE = 2.0
_WORDS = 3
_GRAMS_A_WORD = 5
_MOST_GRAMS = 64
_GRAM = 3
_RARE, _EXCLUDING = 0.02, 0.8
_BLANK = "\x01"
_NOWHERE = _BLANK * _GRAM

_TABLES = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS title_grams USING fts5(folded, content='',"
    " tokenize='trigram case_sensitive 1', detail=none, columnsize=0)",
    "CREATE VIRTUAL TABLE IF NOT EXISTS title_gram USING fts5vocab(title_grams, row)",
    "INSERT INTO title_grams(title_grams, rank) VALUES ('automerge', 0)",
    "INSERT INTO title_grams(title_grams, rank) VALUES ('crisismerge', 1000)",
)


def register(connection: sqlite3.Connection) -> None:
    """Give a connection the function ``gram_text(folded)``, the text that is indexed."""
    connection.create_function("gram_text", 1, _gram_text, deterministic=True)


def _gram_text(folded: str) -> str:
    """Let every character begin three, and have no NUL, at which the tokenizer would stop."""
    return folded.replace("\0", _BLANK) + _BLANK * (_GRAM - 1)


def can_index(connection: sqlite3.Connection) -> bool:
    """Whether this SQLite has what the index needs."""
    if sqlite3.sqlite_version_info < (3, 34):
        return False
    found = connection.execute("SELECT 1 FROM pragma_module_list WHERE name = 'fts5'")
    return found.fetchone() is not None


def exists(connection: sqlite3.Connection) -> bool:
    """Whether the library has the index, whatever this SQLite can do with it."""
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'title_gram'")
    return found.fetchone() is not None


def at_end(text: str) -> str:
    """Return what every title that ends with a (folded) text contains, as it is indexed."""
    return text + _BLANK * (_GRAM - 1)


def match_for(
    connection: sqlite3.Connection, texts: Sequence[str], limit: int, sample: Sequence[str]
) -> str | None:
    """Return a MATCH that every title with all these (folded) texts meets; None: too many do.

    A text shorter than three characters is looked up as all that begin with it, as long as no
    more than about ``limit`` titles have those. ``sample`` are some titles: they tell which grams
    are common, and cost much.
    """
    long = sorted((text for text in texts if len(text) >= _GRAM), key=len, reverse=True)
    if long:
        grams = [gram for text in long[:_WORDS] for gram in _grams(text)]
        return " AND ".join(map(_quoted, _telling(list(dict.fromkeys(grams)), sample)))
    found = [_beginning(connection, text, limit) for text in texts]
    known = [grams for grams in found if grams is not None]
    if not known:
        return None
    fewest = min(known, key=len)
    return " OR ".join(map(_quoted, fewest or [_NOWHERE]))


def _telling(grams: Sequence[str], sample: Sequence[str]) -> list[str]:
    """Return the grams that exclude titles which the others let through, and those that are rare:
    the longest list of titles is what reading a MATCH costs."""
    titles = [_gram_text(title) for title in sample]
    having = {gram: {at for at, title in enumerate(titles) if gram in title} for gram in grams}
    rarest, *others = sorted(grams, key=lambda gram: len(having[gram]))
    chosen, left = [rarest], having[rarest]
    for gram in others:
        is_rare = len(having[gram]) <= _RARE * len(titles)
        if is_rare or len(left & having[gram]) < _EXCLUDING * len(left):
            chosen.append(gram)
            left = left & having[gram]
    return chosen


def _grams(text: str) -> list[str]:
    """Return some of a text's grams, spread evenly: more of them cost more than they exclude."""
    text = text.replace("\0", _BLANK)
    last = len(text) - _GRAM
    count = min(_GRAMS_A_WORD, last + 1)
    starts = [at * last // max(1, count - 1) for at in range(count)]
    return [text[start : start + _GRAM] for start in starts]


def _beginning(connection: sqlite3.Connection, text: str, limit: int) -> list[str] | None:
    """Return the grams that begin with a text; None when they, or their titles, are too many."""
    text = text.replace("\0", _BLANK)
    grams: list[str] = []
    titles = 0
    for term, count in connection.execute(
        "SELECT term, doc FROM title_gram WHERE term >= ? AND term < ?", (text, text + "\U0010ffff")
    ):
        grams.append(term)
        titles += count
        if titles > limit or len(grams) > _MOST_GRAMS:
            return None
    return grams


def _quoted(gram: str) -> str:
    return '"' + gram.replace('"', '""') + '"'


class TitleIndex:
    """Brings the index up to date, a bounded transaction at a time."""

    def __init__(self, database: Database, *, batch: int = BATCH, idle: float = _IDLE) -> None:
        """Index ``batch`` titles at once; look every ``idle`` seconds whether there are so many."""
        self._database = database
        self._batch = batch
        self._idle = idle
        self._is_scattered = True

    async def run(self) -> None:
        """Keep the index up to date until cancelled, at most half of the time."""
        if not self._database.has_title_index:
            return
        while True:
            began = time.monotonic()
            is_busy = await self.step()
            await asyncio.sleep(time.monotonic() - began if is_busy else self._idle)

    async def step(self) -> bool:
        """Index a batch, or tidy up a little after it; return whether there was anything to do."""
        if self._is_scattered:
            self._is_scattered = await self._database.write(_merge)
            return True
        waiting = self._database.reader().execute(
            "SELECT id FROM title_unindexed ORDER BY id LIMIT 1 OFFSET ?", (self._batch - 1,)
        )
        if (last := waiting.fetchone()) is None:
            return False
        await self._database.write(lambda tx: _index(tx, last["id"]))
        self._is_scattered = True
        return True


def _index(tx: Transaction, last: int) -> None:
    if not exists(tx.sql):
        for statement in _TABLES:
            tx.sql.execute(statement)
    tx.sql.execute(
        "INSERT INTO title_grams(rowid, folded) SELECT f.id, gram_text(f.folded)"
        " FROM title_unindexed u CROSS JOIN file f ON f.id = u.id WHERE u.id <= ? ORDER BY u.id",
        (last,),
    )
    tx.sql.execute("DELETE FROM title_unindexed WHERE id <= ?", (last,))


def _merge(tx: Transaction) -> bool:
    """Merge a few pages of what the batches left; return whether there may be more."""
    if not exists(tx.sql):
        return False
    before = tx.sql.total_changes
    tx.sql.execute(
        "INSERT INTO title_grams(title_grams, rank) VALUES ('merge', ?)", (_MERGED_PAGES,)
    )
    return tx.sql.total_changes - before > 1
