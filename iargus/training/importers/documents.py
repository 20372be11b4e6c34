"""Rows of JSON files: one list of objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from iargus.errors import DataError
from iargus.training.importers.records import (
    FileOptions,
    Record,
    RecordFile,
    check_encoding,
    check_file,
    encoding_error,
)


def read_document(path: Path, options: FileOptions) -> RecordFile:
    """Read a JSON list of objects; all of it at once, as JSON cannot be read in parts.

    Raises:
        DataError: it is no such list.
    """
    size = check_file(path)
    encoding = check_encoding(options.encoding)
    try:
        items = json.loads(path.read_text(encoding=encoding))
    except UnicodeError as error:
        raise encoding_error(path, encoding, error) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise DataError(f"{path} is no whole JSON document: {error.msg} at {where}") from None
    except (RecursionError, ValueError):
        raise DataError(f"{path} is no JSON document that can be read") from None
    if not isinstance(items, list):
        raise DataError(f"{path} should be a list of objects: [{{...}}, ...]")
    names = list(dict.fromkeys(key for item in items if isinstance(item, dict) for key in item))
    if not names:
        raise DataError(f"{path} holds no objects, so there is nothing to import")
    return RecordFile(names, "item", size, _records(items, names), lambda: size)


def _records(items: list[Any], names: list[str]) -> Iterator[Record]:
    for number, item in enumerate(items, start=1):
        if isinstance(item, dict):
            yield Record(number, [item.get(name) for name in names])
        else:
            yield Record(number, [item], "the item is no object")
