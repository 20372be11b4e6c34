"""In which encoding a text is written: decided by all of it, and never by a guess that may be
wrong in silence."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from iargus.errors import DataError
from iargus.tables.content import Content

_BLOCK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 with a byte order mark"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)

# Letters of western Europe, and signs, where Windows' code page 1252 and Latin-1 have them. Not
# those of 0x80 to 0x9F that other code pages have as letters: é of old Macs is 0x8E, ö of DOS 0x94.
_LETTERS = rb"\xc0-\xcf\xd1-\xd6\xd8-\xdd\xdf-\xef\xf1-\xf6\xf8-\xfd\xff"
_WESTERN = re.compile(
    rb"(?:[\x00-\x7f]"
    rb"|(?:(?<=[A-Za-z])|(?=.[A-Za-z]))[" + _LETTERS + rb"\x8c\x9c]{1,2}"  # beside plain letters
    rb"|(?<![A-Za-z\x80-\xff])[\xe0\xc0\xe9\xe8\xf3](?![A-Za-z\x80-\xff])"  # à, alone
    rb"|(?<![A-Za-z\x80-\xff])[\xa3\xa7\xa9\xab\xae\xb0\xb7\xbb\xbf\xa1\xa0\x80\x96\x97\x93\x94\x85]"
    rb"|(?<=[A-Za-z0-9 ])[\xb0\xa0\xbb\x80\x85\x94\x92\xb2\xb3](?![A-Za-z\x80-\xff])"
    rb"|(?<=[A-Za-z])\x92(?=[A-Za-z" + _LETTERS + rb"])"  # l’hôtel
    rb")*",
    re.DOTALL,
)
_HIGH_SHARE = 0.3  # of all letters; in Greek or Russian nearly all are above 0x7F


@dataclass(frozen=True)
class Encoding:
    """`codec` for Python; `shown` for people where it is worth a word; `mark` is skipped."""

    codec: str
    shown: str | None = None


def encoding_of(content: Content, asked: str | None) -> Encoding:
    """The encoding that was asked for, or that of the text; all of it is decoded once.

    Raises:
        DataError: there is no such encoding, the text is not in it, or nothing tells.
    """
    if asked is not None:
        codec = _known(asked)
        _check(content, codec)
        return Encoding(codec, None if codec == "utf-8-sig" else f"encoding {asked}")
    head = content.head(4096)
    for mark, codec, shown in _MARKS:
        if head.startswith(mark):
            _check(content, codec)
            return Encoding(codec, shown)
    wide = wide_codec(head)
    if wide is not None:
        raise DataError(
            f"{content.path} looks like {wide.upper()} without a byte order mark: "
            f"say so with --encoding {wide}"
        )
    offset = _offset_of_bad_byte(content, "utf-8")
    if offset is None:
        return Encoding("utf-8-sig")
    if not _is_cut_off(content, offset) and _is_western(content):
        return Encoding("cp1252", "encoding cp1252 (Windows, western Europe)")
    raise _not_encoded(content, "UTF-8", offset)


def _known(name: str) -> str:
    try:
        "".encode(name)
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        raise DataError(f"no encoding is called {name!r}; try utf-8, cp1252, utf-16") from None
    return "utf-8-sig" if info.name == "utf-8" else info.name


def _check(content: Content, codec: str) -> None:
    offset = _offset_of_bad_byte(content, codec)
    if offset is not None:
        raise _not_encoded(content, "UTF-8" if codec == "utf-8-sig" else codec, offset)


def wide_codec(head: bytes) -> str | None:
    """UTF-16 without its mark, which has a zero in every other byte; None for other texts."""
    pairs = len(head) // 2
    if pairs < 2 or b"\0" not in head:
        return None
    even, odd = head[0 : pairs * 2 : 2].count(0), head[1 : pairs * 2 : 2].count(0)
    if odd > pairs * 0.4 and even < pairs * 0.1:
        return "utf-16-le"
    if even > pairs * 0.4 and odd < pairs * 0.1:
        return "utf-16-be"
    return None


def _not_encoded(content: Content, name: str, offset: int) -> DataError:
    """Says also what stands around the byte in the code pages that are met most."""
    start = max(0, offset - 20)
    with content.open() as file:
        file.read(start)
        around = file.read(40)
    # The word that the byte stands in, from its beginning.
    before = re.split(rb"[\s,;|\"]", around[: offset - start])[-1]
    around = (before + around[offset - start :])[:24]
    tries = []
    for codec in ("cp1252", "cp1250", "cp1251", "mac-roman", "cp850"):
        text = around.decode(codec, "replace")
        word = next((w for w in re.findall(r"\w+", text) if not w.isascii()), "")
        if word and "�" not in word:
            tries.append(f"{word!r} in {codec}")
    shown = f" (there would stand {', '.join(tries[:4])})" if tries else ""
    return DataError(
        f"{content.path} is not {name} (byte {offset}); say what it is with --encoding, "
        f"such as --encoding cp1252{shown}"
    )


def _offset_of_bad_byte(content: Content, codec: str) -> int | None:
    decoder = codecs.getincrementaldecoder(codec)()
    offset = 0
    with content.open() as file:
        while True:
            block = file.read(_BLOCK)
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                return offset - pending + error.start
            except UnicodeError:
                return offset
            offset += len(block)
            if not block:
                return None


def _is_western(content: Content) -> bool:
    """Whether only Windows' code page 1252, or Latin-1 which is a part of it, makes sense."""
    plain = high = 0
    with content.open() as file:
        block, rest = b"\n", b""
        while block:
            block = file.read(_BLOCK)
            part = rest + block
            # Words are looked at whole: cut at the last line.
            cut = (block and part.rfind(b"\n") + 1) or len(part)
            text, rest = part[:cut], part[cut:]
            if not _plausible(text):
                return False
            plain += _count(text, b"A-Za-z")
            high += _count(text, rb"\xc0-\xff")
    return high <= _HIGH_SHARE * (plain + high)


def _is_cut_off(content: Content, offset: int) -> bool:
    """Whether the text ends within a character of UTF-8."""
    with content.open() as file:
        file.read(offset)
        rest = file.read(5)
    return len(rest) < 4 and rest[0] >= 0xC2 and all(0x80 <= byte < 0xC0 for byte in rest[1:])


def _count(text: bytes, kind: bytes) -> int:
    return sum(map(len, re.findall(b"[" + kind + b"]+", text)))


_HIGH_WORD = re.compile(rb"[^\s\x00-\x1f]*[\x80-\xff][^\s\x00-\x1f]*")
_UTF8_PAIR = re.compile(rb"[\xc3\xc2][\x80-\xbf]|\xe2\x80[\x80-\xbf]")


def _plausible(text: bytes) -> bool:
    # Where some of it is UTF-8, there are two encodings in one file.
    return all(
        _WESTERN.fullmatch(word) and not _UTF8_PAIR.search(word)
        for word in set(_HIGH_WORD.findall(text))
    )
