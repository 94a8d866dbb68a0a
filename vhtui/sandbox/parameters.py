"""The parameters of a call, from wherever they came, checked as strictly as the hosts do."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.requests import Request

from vhtui.sandbox.replies import RefusedError

MAX_CODES = 500
TRUE_WORDS = frozenset({"true", "1"})
FALSE_WORDS = frozenset({"false", "0", ""})


class Parameters:
    """Named texts. Every reader raises RefusedError (422) for a value the host would not take."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)

    def __contains__(self, name: str) -> bool:
        return bool(self._values.get(name))

    def noted(self) -> dict[str, str]:
        """Return all but the key, cut short, for the record of requests."""
        return {name: value[:100] for name, value in self._values.items() if name != "key"}

    def get(self, name: str) -> str:
        """Return the text as it came, or ""."""
        return self._values.get(name, "")

    def text(self, name: str, longest: int = 255) -> str:
        """Return a text that must be there and not be too long."""
        value = self.get(name)
        if not value.strip():
            raise RefusedError(422, f"The {_words(name)} field is required.", name)
        if len(value) > longest:
            message = f"The {_words(name)} field must not be greater than {longest} characters."
            raise RefusedError(422, message, name)
        return value

    def integer(self, name: str, default: int | None = None, lowest: int = 0) -> int:
        """Return a whole number; without a default it must be there."""
        value = self.get(name)
        if not value and default is not None:
            return default
        if not value:
            raise RefusedError(422, f"The {_words(name)} field is required.", name)
        if not value.isascii() or not value.isdigit() or len(value) > 18:
            raise RefusedError(422, f"The {_words(name)} field must be an integer.", name)
        if int(value) < lowest:
            raise RefusedError(422, f"The {_words(name)} field must be at least {lowest}.", name)
        return int(value)

    def flag(self, name: str) -> bool:
        """Return a boolean, false when it is absent."""
        value = self.get(name).lower()
        if value not in TRUE_WORDS | FALSE_WORDS:
            raise RefusedError(422, f"The {_words(name)} field must be true or false.", name)
        return value in TRUE_WORDS

    def codes(self, name: str) -> list[str]:
        """Return a comma list of file codes without repeats, in order, at most MAX_CODES."""
        codes = [code.strip() for code in self.text(name, longest=100_000).split(",")]
        distinct = list(dict.fromkeys(code for code in codes if code))
        if not distinct:
            raise RefusedError(422, f"The {_words(name)} field is required.", name)
        if len(codes) > MAX_CODES:
            message = f"The {_words(name)} field must not have more than {MAX_CODES} items."
            raise RefusedError(422, message, name)
        return distinct

    def first_half(self) -> Parameters | None:
        """Return the same call for the first half of its files; None when that is no file."""
        halved = dict(self._values)
        for name in ("file_code", "del_code"):
            if name in halved:
                codes = halved[name].split(",")
                halved[name] = ",".join(codes[: len(codes) // 2])
                if not halved[name]:
                    return None
        return Parameters(halved)


def _words(name: str) -> str:
    return name.replace("_", " ")


async def read_parameters(request: Request) -> Parameters:
    """Collect a request's parameters: the query, and on POST a form or a JSON object as well."""
    values = dict(request.query_params)
    if request.method == "POST":
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "application/json":
            values |= _json_values(await request.body())
        elif kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
            async with request.form() as form:
                values |= {name: value for name, value in form.items() if isinstance(value, str)}
    return Parameters(values)


def _json_values(body: bytes) -> dict[str, str]:
    try:
        values = json.loads(body or b"{}")
    except ValueError:
        values = {}
    if not isinstance(values, dict):
        return {}
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in values.items()
        if value is not None
    }
