"""Answers: headers, origins, pages, and what a client is never told."""

from __future__ import annotations

from bench.mutations.guard import Module

_FRONT = Module("iargus/api/middleware/outer.py", "tests/api/test_front.py")
_HEADERS = Module("iargus/api/middleware/response_headers.py", "tests/api/test_front.py")
_POLICY = Module("iargus/settings/http.py", "tests/api/test_front.py")
_ACCESS = Module("iargus/api/middleware/access.py", "tests/api/test_front.py")
_PROBLEMS = Module("iargus/api/problems.py", "tests/api/test_problems.py")
_DIRECT = Module("iargus/api/routes/fast_path.py", "tests/api/test_direct.py")
_DOCS = Module("iargus/api/routes/docs.py", "tests/api/test_service_pages.py")
_PAGE = Module("iargus/api/routes/confirmation.py", "tests/api/test_confirm.py")
_CONFIRM = Module("iargus/api/routes/confirmation.py", "tests/api/test_confirm.py")
_SERVER = Module("iargus/server/hooks.py", "tests/api/test_gunicorn_hooks.py")
_TRAILERS = Module("iargus/server/protocol.py", "tests/security/test_connections.py")
_HEAD = Module("iargus/server/protocol.py", "tests/security/test_wire.py")
_REDIRECTS = Module("iargus/api/public_address.py", "tests/security/test_input.py")

GUARDS = (
    _HEADERS.guard(
        "no browser guesses a type", '        "x-content-type-options": "nosniff",\n', ""
    ),
    _HEADERS.guard(
        "an answer loads nothing",
        "NO_CONTENT = \"default-src 'none'; frame-ancestors 'none'\"",
        "NO_CONTENT = \"frame-ancestors 'none'\"",
    ),
    _HEADERS.guard(
        "an answer is in no frame",
        "NO_CONTENT = \"default-src 'none'; frame-ancestors 'none'\"",
        "NO_CONTENT = \"default-src 'none'\"",
    ),
    _HEADERS.guard("no cache keeps an answer", 'NO_STORE = "no-store"', 'NO_STORE = "private"'),
    _HEADERS.guard(
        "no page is told where one comes from",
        '            "referrer-policy": "no-referrer",\n',
        "",
    ),
    _HEADERS.guard("a page is in no frame", '            "x-frame-options": "DENY",\n', ""),
    _HEADERS.guard(
        "a page's parts are of this origin",
        '            "cross-origin-resource-policy": "same-origin",\n',
        "",
    ),
    _FRONT.guard(
        "HTTPS is demanded where it is served",
        "return YEAR_S if policy.tls.certificate else 0",
        "return 0",
    ),
    _FRONT.guard(
        "only allowed origins may call",
        "allow_origins=policy.cors.allowed_origins",
        'allow_origins=("*",)',
    ),
    _FRONT.guard(
        "cookies of another origin are never asked for",
        "allow_credentials=False",
        "allow_credentials=True",
    ),
    _POLICY.guard(
        "an origin is written exactly",
        'if not re.fullmatch(r"https?://[a-z0-9.-]+',
        'if not re.match(r"|https?://[a-z0-9.-]+',
    ),
    _ACCESS.guard(
        "who is on no list is refused",
        " or self._holds(area, self._addresses.of(scope)):",
        " or True:",
    ),
    _ACCESS.guard("metrics have a list of their own", '    "/metrics": "metrics",\n', ""),
    _ACCESS.guard("administration has a list of its own", '    "/admin/": "administration",\n', ""),
    _ACCESS.guard("the description is a page", '    "/openapi.json": "pages",\n', ""),
    _PROBLEMS.guard(
        "what is said to administrators is hidden from clients",
        "HIDDEN.get(label, str(error))",
        "str(error)",
    ),
    _PROBLEMS.guard(
        "an error that nobody foresaw says nothing internal",
        "        return internal_error()\n    headers",
        '        return problem_response(500, "INTERNAL_ERROR", str(error))\n    headers',
    ),
    _DIRECT.guard(
        "an unforeseen error on the shortest way says nothing internal",
        "        except Exception:\n",
        "        except ZeroDivisionError:\n",
    ),
    _DOCS.guard(
        "only its own scripts run on the page of documentation",
        "\"script-src 'self'\"",
        '"script-src *"',
    ),
    _PAGE.guard("what people write is no markup", "autoescape=True", "autoescape=False"),
    _PAGE.guard(
        "no search engine keeps a link",
        '"X-Robots-Tag": "noindex, nofollow"',
        '"X-Robots-Tag": "all"',
    ),
    _PAGE.guard(
        "a page with a token runs no script", "\"default-src 'none'; style-src", '"style-src'
    ),
    _CONFIRM.guard(
        "looking at a link gives no token",
        '*(request, confirmer.look, request.path_params["link"]),',
        "*(request, lambda text: (confirmer.look(text), redeemed(text))[0], "
        'request.path_params["link"]),',
    ),
    _SERVER.guard("bytes become requests as the next guards say", "config.http = PROTOCOL", "pass"),
    _TRAILERS.guard(
        "a trailer is no header field",
        'self.scope["headers"] = list(self.headers)',
        "pass",
    ),
    _HEAD.guard(
        "a head has an end",
        "if self._idle_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():",
        "if False:",
    ),
    _REDIRECTS.guard(
        "a redirect names no host of the request",
        '_without_host(value) if name == b"location" else value',
        "value",
    ),
    _SERVER.guard(
        "the server does not name itself",
        "config.server_header = False",
        "config.server_header = True",
    ),
    _SERVER.guard(
        "the server itself believes no header",
        "config.proxy_headers = False",
        "config.proxy_headers = True",
    ),
)
