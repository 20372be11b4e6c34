"""What can be wrong with a body that is not JSON, in words. Nothing that was sent is repeated."""

from __future__ import annotations

import re

_CONSTANTS = {b"none": "null", b"null": "null", b"nil": "null", b"na": "null"}
_CONSTANTS |= {b"undefined": "null", b"true": "true", b"false": "false"}
_FORM = re.compile(rb"[A-Za-z0-9_.%+\[\]-]+=[^{\[]*", re.DOTALL)
_NUMBER = re.compile(rb"[-+]?\.?[0-9]")
_QUOTES = "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb"
_BLANKS = {
    "\u00a0": "a no-break space",
    "\u200b": "a zero width space",
    "\u202f": "a narrow no-break space",
    "\u3000": "an ideographic space",
    "\ufeff": "a byte order mark",
}

NOT_FINITE = (
    "{name} is not valid JSON, whose numbers are finite; for a missing value, send null or leave "
    "the field or the row out"
)
NOT_UTF_8 = (
    "byte {byte:02X} is not valid UTF-8, the encoding of JSON; the text may be Latin-1 or "
    "Windows-1252"
)
COMMA_IN_A_NUMBER = (
    "a number contains a comma: JSON has no thousands separator, and a point before decimals"
)
_NUMBER_FORM = (
    "a number is written in a way that JSON does not know: it has no plus sign, no zero in front, "
    "digits on both sides of a point, nothing between thousands and no unit"
)

# By what the parser says: what is wrong inside a text.
IN_A_TEXT = {
    "control character": "a line break, a tab or another control character is in a string as it "
    "is; it is written as an escape, such as \\n",
    "invalid escape": "a backslash in a text begins no escape that JSON knows; one that is meant "
    "itself is written twice",
    "hex escape": "an escape such as \\ud83d is half of a character, and the other half is missing",
}
# And between values, where no single field is to blame.
BETWEEN = {
    "recursion limit": "lists and objects are nested too deeply",
    "expected `:`": "a colon is missing between a name and its value",
}


def other_format(body: bytes) -> str | None:
    """What a whole body is, where it is something else than JSON in UTF-8."""
    head = body[:400].lstrip()
    if body.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in body[:2]:
        return "it is in UTF-16 or UTF-32; send it in UTF-8"
    if body.startswith(b"\xef\xbb\xbf"):
        return (
            "it begins with a byte order mark (EF BB BF), which JSON must not have; write UTF-8 "
            'without one, in Python as "utf-8" and not "utf-8-sig"'
        )
    if body.startswith((b"\x1f\x8b", b"PK\x03\x04")):
        return "it is compressed; send it uncompressed"
    if head.startswith(b"--") and b"content-disposition" in head.lower():
        return "it is a multipart form; send a JSON object"
    if head.startswith(b"<"):
        return "it looks like XML or HTML; send a JSON object"
    if _FORM.fullmatch(head):
        return 'it is form-encoded (name=value); send a JSON object, such as {"text": "hello"}'
    return None


def behind(body: bytes, offset: int) -> str:
    """What follows a whole document."""
    if body[offset : offset + 1] in (b"{", b"["):
        return "a second document follows the first; send one object, with many rows as a batch"
    return _of_sign(body, offset) or "something follows the end of the object"


def of_name(body: bytes, start: int, token: bytes) -> str:
    """What stands where the name of a member should."""
    if token:
        return "a name is not in double quotes"
    return _of_sign(body, start) or "a name in double quotes is missing"


def of_separator(body: bytes, start: int) -> str:
    """What stands where a comma or an end should."""
    sign, before = body[start : start + 1], body[:start].rstrip()[-1:]
    if sign.isdigit() and before.isdigit():
        return _NUMBER_FORM
    if sign in (b'"', b"{", b"[") or sign.isdigit():
        return "a comma is missing"
    return _of_sign(body, start) or "neither a comma nor the end of the list or object follows"


def of_value(body: bytes, start: int, token: bytes, message: str) -> str:
    """What stands where a value should."""
    constant = _CONSTANTS.get(token.lower())
    if constant is not None:
        return f"{token.decode()} is not valid JSON, which writes {constant}"
    if "out of range" in message:
        return "a number has too many digits"
    if _NUMBER.match(token):
        return _NUMBER_FORM
    if token:
        return "a word is not in double quotes"
    if body[start : start + 1] in (b",", b"}", b"]"):
        return "a value is missing"
    return _of_sign(body, start) or "no value begins here"


def _of_sign(body: bytes, start: int) -> str | None:
    sign = body[start : start + 4].decode(errors="ignore")[:1]
    if sign == "'":
        return "names and strings are in single quotes; JSON uses double quotes"
    if sign == "`":
        return "names and strings are in backquotes; JSON uses double quotes"
    if sign and sign in _QUOTES:
        return "a typographic quotation mark is used where JSON has a plain one (U+0022)"
    if sign in ("/", "#"):
        return "JSON has no comments"
    if sign in _BLANKS:
        return (
            f"{_BLANKS[sign]} (U+{ord(sign):04X}) is between the parts, where JSON allows only "
            "blanks, tabs and line breaks"
        )
    return None
