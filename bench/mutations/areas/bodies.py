"""Bodies: bounded in bytes and in time, and of one meaning."""

from __future__ import annotations

from bench.mutations.guard import Module

_BODY = Module("iargus/api/gate/body.py", "tests/api/test_bodies.py")
_STRICT = Module(
    "iargus/strict_json.py",
    "tests/test_strict_json.py",
    "tests/api/test_bodies.py",
    "tests/auth/tokens/test_form.py",
    "tests/compiled/test_tampered_files.py",
)
_GATE = Module("iargus/api/gate/gate.py", "tests/api/test_json_faults.py")
_FAULTS = Module("iargus/api/gate/json_faults.py", "tests/api/test_json_faults.py")
_PLACES = Module("iargus/api/gate/json_places.py", "tests/api/test_json_faults.py")
_FIELDS = Module("iargus/tasks/fields.py", "tests/tasks/test_fields.py")
_LABELS = Module("iargus/tasks/labels.py", "tests/tasks/test_labels.py")
_ISSUE = Module("iargus/api/routes/tokens.py", "tests/api/test_bodies.py")
_CONFIRM = Module("iargus/api/routes/confirmation.py", "tests/api/test_confirm.py")
_JSON = Module("iargus/api/json_response.py", "tests/api/test_predictions.py")
_REQUEST = Module("iargus/api/routes/token_models.py", "tests/api/test_tokens.py")

GUARDS = (
    _BODY.guard(
        "a body that says that it is too large is not read",
        "if value.isdigit() and int(value[:20]) > max_bytes:",
        "if False:",
        "tests/api/test_body.py",
    ),
    _BODY.guard(
        "a body that grows too large is not read on",
        "if size > max_bytes:",
        "if False:",
        "tests/api/test_body.py",
    ),
    _BODY.guard(
        "a body that comes a byte now and then ends in time",
        "async with asyncio.timeout(timeout_s):",
        "async with asyncio.timeout(None):",
        "tests/api/test_body.py",
    ),
    _BODY.guard(
        "a compressed body is not taken apart",
        'elif name == b"content-encoding" and value',
        'elif name == b"" and value',
    ),
    _STRICT.guard("NaN and Infinity are no JSON", "allow_inf_nan=False", "allow_inf_nan=True"),
    _BODY.guard(
        "a body is one object",
        "if not isinstance(document, dict):",
        "if document is None:",
        "tests/api/test_body.py",
    ),
    _STRICT.guard(
        "bodies, tokens and bundles name nothing twice",
        'if data.count(b":") != _members(document):',
        "if False:",
    ),
    _STRICT.guard(
        "of many names the one that comes twice is found",
        "if len(found) != len(members):",
        "if len(found) > len(members):",
    ),
    _GATE.guard(
        "who has no token is not told what is wrong with a body",
        "            except BodyRefused as error:\n",
        "            except BodyRefused as error:\n                error.as_error()\n",
    ),
    _FAULTS.guard(
        "a long body is not searched for a place",
        "if end <= MAX_SEARCHED_BYTES else None",
        "",
    ),
    _PLACES.guard(
        "what a client names a field is short and harmless",
        'text = json.dumps(name[:_MAX_NAME_CHARS])\n    return text.replace("<"',
        'text = json.dumps(name)\n    return text.replace("\\0"',
    ),
    _PLACES.guard("a deep place is cut short", "if len(text) > MAX_PLACE_CHARS:", "if False:"),
    _FIELDS.guard(
        "a mileage that may be another is refused",
        "if not _DOUBTFUL.fullmatch(text):",
        "if text:",
    ),
    _LABELS.guard(
        "only JSON's own spelling is a number",
        'r"0|-?[1-9][0-9]{0,15}"',
        'r"-*[0-9]+"',
    ),
    _LABELS.guard("true is no label", " and not isinstance(value, bool)", ""),
    _ISSUE.guard(
        "who has no token may send little",
        "min(MAX_BODY_BYTES, policy.max_body_bytes)",
        "policy.max_body_bytes",
    ),
    _CONFIRM.guard(
        "who presses a link's button may send little",
        "max_bytes=MAX_BODY_BYTES, timeout_s=timeout_s",
        "max_bytes=2**40, timeout_s=timeout_s",
    ),
    _REQUEST.guard(
        "a name can be printed",
        "if isinstance(text, str) and _INVISIBLE.search(text):",
        "if False:",
    ),
    _REQUEST.guard("a name is of bounded length", "    Text(100),\n", "    Text(100_000),\n"),
    _REQUEST.guard(
        "an address is plausible, and holds no line of a mail",
        "return validate_email(address, check_deliverability=False).normalized",
        "return address",
    ),
    _JSON.guard("no NaN goes out", 'if b"NaN" in body or b"Infinity" in body:', "if False:"),
)
