"""Which format a file has, by what stands at its beginning."""

from __future__ import annotations

import json
import re
import zipfile
from enum import Enum
from pathlib import PurePath

from iargus.errors import DataError
from iargus.tables.content import Content
from iargus.tables.encoding import wide_codec


class Format(Enum):
    """The formats that are read."""

    DELIMITED = "CSV"
    JSON = "JSON"
    JSON_LINES = "JSON Lines"
    PARQUET = "Parquet"
    WORKBOOK = "workbook (XLSX)"
    RASA_YAML = "Rasa YAML"
    RASA_MARKDOWN = "Rasa Markdown"


TAKEN = (
    "CSV and other text with delimiters, JSON, JSON Lines, XLSX, Parquet, Rasa YAML and Markdown, "
    "also packed with gzip or zip"
)
_CONTROLS = bytes({*range(9), *range(14, 27), *range(28, 32)})
_MOST_CONTROLS = 0.02
_AS_CSV = "save it as CSV or XLSX"
_SAFER = "write it as Parquet or CSV with the program that made it"

# How a file begins, what it is called, and what to do about it.
_REFUSED: tuple[tuple[bytes, str, str], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an older Office document (.xls, .doc)", _AS_CSV),
    (b"%PDF-", "a PDF", "ask for the table it was made from, as CSV or XLSX"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture", "give the table itself"),
    (b"\xff\xd8\xff", "a JPEG picture", "give the table itself"),
    (b"GIF8", "a GIF picture", "give the table itself"),
    (b"SQLite format 3\0", "an SQLite database", "export the table as CSV"),
    (b"Obj\1", "an Avro file", _SAFER),
    (b"ORC", "an ORC file", _SAFER),
    (b"ARROW1", "an Arrow (Feather) file", _SAFER),
    (b"FEA1", "a Feather file", _SAFER),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file", _SAFER),
    (b"\x93NUMPY", "a NumPy array", _SAFER),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it and give the file inside"),
    (b"Rar!\x1a\x07", "a RAR archive", "unpack it and give the file inside"),
    (b"RDX", "an R data file", _SAFER),
    (b"RDA", "an R data file", _SAFER),
    (b"<stata_dta>", "a Stata file", _SAFER),
    (b"$FL2", "an SPSS file", _SAFER),
    (b"{\\rtf", "an RTF document", _AS_CSV),
    (b"\x7fELF", "a program", "give the table itself"),
    (b"MZ\x90", "a program", "give the table itself"),
)
_PICKLE = re.compile(rb"\x80[\x02-\x05].")
_MARKUP = re.compile(r"\s*<(\?xml|!doctype|html|table|[a-z][\w:.-]*[\s>])", re.IGNORECASE)
_DOCUMENTS = {
    "ods": "an OpenDocument spreadsheet (.ods)",
    "odt": "an OpenDocument text (.odt)",
    "xl/workbook.bin": "a binary workbook (.xlsb)",
    "word/": "a Word document (.docx)",
    "ppt/": "a presentation (.pptx)",
}


def refusal(content: Content, what: str, advice: str) -> DataError:
    """The error of a format that is not read."""
    return DataError(f"{content.path} is {what}, which is not read: {advice}. Read are {TAKEN}")


def recognise_binary(content: Content, head: bytes) -> Format | None:
    """The format of bytes that are no text; None for text.

    Raises:
        DataError: it is a format that is not read; the message names it.
    """
    if head.startswith(b"PAR1"):
        return Format.PARQUET
    if head.startswith(b"PAR" + b"E"):
        raise refusal(content, "an encrypted Parquet file", "write it without encryption")
    if head.startswith(b"PK\3\4"):
        return _document(content)
    for magic, what, advice in _REFUSED:
        if head.startswith(magic):
            raise refusal(content, what, advice)
    if head[257:262] == b"ustar":
        raise refusal(content, "a tar archive", "unpack it and give the file inside")
    if _PICKLE.match(head):
        raise refusal(content, "a pickle", f"pickles can run programs when read; {_SAFER}")
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    # A stray zero in a text is a fault of its row; among many signs of control it is no text.
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if not wide and controls > _MOST_CONTROLS * len(head) and wide_codec(head[:4096]) is None:
        raise refusal(content, "a binary file of no known kind", "give the table itself as text")
    return None


def recognise_text(content: Content, head: str) -> Format:
    """The format of a text, of which `head` is the beginning.

    Raises:
        DataError: it is a format that is not read; the message names it.
    """
    suffix = PurePath(content.name).suffix.lower()
    start = head.lstrip("\ufeff \t\r\n")
    if start.startswith(("{", "[")):
        found = _json(start, suffix)
        if found is not None:
            return found
    _refuse_text(content, head, start)
    if suffix in (".parquet", ".pq"):
        raise DataError(f"{content.path} is named Parquet and is none: it does not begin with PAR1")
    if suffix in (".jsonl", ".ndjson"):
        return Format.JSON_LINES
    if suffix == ".json":
        return Format.JSON
    if start.startswith("%YAML") or re.search(r"^nlu:\s*(#.*)?$", head, re.MULTILINE):
        return Format.RASA_YAML
    if re.search(r"^## +intent:", head, re.MULTILINE):
        return Format.RASA_MARKDOWN
    if suffix in (".yml", ".yaml"):
        return Format.RASA_YAML
    return Format.DELIMITED


def _refuse_text(content: Content, head: str, start: str) -> None:
    if _MARKUP.match(head):
        what = "HTML" if re.search(r"<(!doctype html|html|table)", head, re.IGNORECASE) else "XML"
        raise refusal(content, what, _AS_CSV)
    if re.match(r"\s*(--[^\n]*\n|/\*|\s)*(CREATE TABLE|INSERT INTO|SET |DROP TABLE)", head):
        raise refusal(content, "a dump of SQL", "export the table as CSV")
    if start.startswith("@relation") or start.startswith("@RELATION"):
        raise refusal(content, "an ARFF file", _AS_CSV)


def _json(start: str, suffix: str) -> Format | None:
    """JSON or JSON Lines; None for a table whose first field begins with a bracket."""
    if suffix in (".jsonl", ".ndjson"):
        return Format.JSON_LINES
    first, _, rest = start.partition("\n")
    try:
        value = json.loads(first)
    except (ValueError, RecursionError):
        is_table = suffix in (".csv", ".tsv", ".txt", ".tab") and not re.match(
            r'[\[{]\s*($|["\[{\]}])', first
        )
        return None if is_table else Format.JSON
    following = rest.lstrip()
    if not following:
        return Format.JSON
    # A whole value in the first line and another one behind it.
    if isinstance(value, dict | list) and following.startswith(("{", "[")):
        return Format.JSON_LINES
    return Format.JSON


def _document(content: Content) -> Format:
    try:
        with zipfile.ZipFile(content.as_file()) as archive:
            names = archive.namelist()
            kind = archive.read("mimetype")[:100] if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError) as error:
        raise DataError(f"{content.path} is a zip archive that is broken: {error}") from None
    if "xl/workbook.xml" in names:
        return Format.WORKBOOK
    if b"opendocument" in kind:
        what = _DOCUMENTS["ods" if b"spreadsheet" in kind else "odt"]
        raise refusal(content, what, _AS_CSV)
    for part, what in _DOCUMENTS.items():
        if any(name.startswith(part) for name in names):
            raise refusal(content, what, _AS_CSV)
    raise refusal(content, "a zip archive of no known kind", "unpack it first")
