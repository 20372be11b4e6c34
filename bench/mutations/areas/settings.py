"""Settings: what is weak, ambiguous or open is refused at the start, and no secret is shown."""

from __future__ import annotations

from bench.mutations.guard import Module

_TLS_TESTS = "tests/test_tls.py"
_ENVIRONMENT = Module("iargus/settings/environment.py", "tests/settings/test_environment.py")
_KEYS = Module("iargus/settings/keys.py", "tests/settings/test_environment.py")
_SECTION = Module("iargus/settings/fields.py", "tests/settings/test_policy.py")
_TLS = Module("iargus/server/tls.py", _TLS_TESTS)
_LOGS = Module("iargus/logs.py", "tests/test_logs.py")
_MASKED = Module(
    "iargus/auth/tokens/record.py", "tests/cli/test_token.py", "tests/api/test_admin.py"
)
_LABELS = Module("iargus/metrics/series.py", "tests/metrics/test_requests.py")

GUARDS = (
    _KEYS.guard("a secret has 32 bytes", "if len(secret.encode()) < 32:", "if False:"),
    _KEYS.guard(
        "a secret cannot be guessed", "if len(set(secret)) < MIN_DISTINCT_CHARS:", "if False:"
    ),
    _KEYS.guard("no key is named twice", "if kids.count(key.kid.casefold()) > 1:", "if False:"),
    _KEYS.guard(
        "a key that stands in tutorials is none",
        "if secret in PUBLISHED_SECRETS:",
        "if False:",
        "tests/security/test_keys.py",
        "tests/settings/test_environment.py",
    ),
    _KEYS.guard("a kid is a short name", 'Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")', "Field()"),
    _KEYS.guard("a pair has a secret", "if not separator or not secret:", "if False:"),
    _ENVIRONMENT.guard(
        "Azure is production",
        'production=on_azure or stage == "production"',
        'production=stage == "production"',
    ),
    _ENVIRONMENT.guard(
        "a stage that is misspelt refuses the start", "if stage not in known:", "if False:"
    ),
    _KEYS.guard("no secret is shown", "    secret: SecretStr\n", "    secret: str\n"),
    _ENVIRONMENT.guard(
        "recipients are addresses",
        "        except EmailNotValidError as error:\n            raise",
        "        except ZeroDivisionError as error:\n            raise",
    ),
    _SECTION.guard(
        "a setting that is misspelt refuses the start", 'extra="forbid"', 'extra="ignore"'
    ),
    _TLS.guard("a private key is not everybody's", "if mode & stat.S_IRWXO:", "if False:"),
    _TLS.guard(
        "a certificate that has expired is not shown", "if now > read.not_after:", "if False:"
    ),
    _TLS.guard(
        "TLS is 1.2 at least",
        "context.minimum_version = ssl.TLSVersion.TLSv1_2",
        "context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED",
    ),
    _TLS.guard(
        "ciphers keep what was said secret",
        'CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"',
        'CIPHERS = "ALL"',
    ),
    _LOGS.guard(
        "a log is not filled by one line",
        "                return False\n",
        "                return True\n",
    ),
    _LOGS.guard(
        "what the log remembers is bounded", "if len(self._lines) >= _REMEMBERED:", "if False:"
    ),
    _MASKED.guard("addresses are shown masked", 'return f"{name[:1]}…@{domain}"', "return email"),
    _LABELS.guard(
        "made-up paths add no series",
        '(path, known.task) if known is not None else (_UNKNOWN, "")',
        '(path, known.task if known is not None else "")',
    ),
    _LABELS.guard(
        "made-up methods add no series",
        "verb = method if method in _METHODS else _OTHER",
        "verb = method",
    ),
    _LABELS.guard(
        "made-up paths are not remembered", "if known is not None and verb == method:", "if True:"
    ),
)
