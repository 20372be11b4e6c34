"""The pages of the link in a mail: self-contained, and without script."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import Response

from iargus.api.problems import Problem

_PAGES = Environment(
    loader=PackageLoader("iargus.api"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_STYLE = _PAGES.get_template("confirm.css.j2").render()
_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
# The other headers of a page, of which it needs `Referrer-Policy: no-referrer` for its address is a
# secret, are those of every page (`SecurityHeaders`).
HEADERS = {"X-Robots-Tag": "noindex, nofollow"}
# What the page of a problem keeps of the headers of its answer.
_KEPT = ("retry-after", "ratelimit-policy", "ratelimit")
CONTENT_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; img-src data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_TITLES = {
    "CONFIRMATION_INVALID": "This link gives no token",
    "TOKENS_AT_LIMIT": "You hold as many tokens as one may",
    "RATE_LIMITED": "Too many requests",
}


@dataclass(frozen=True)
class Page:
    """A page, its status and its headers."""

    html: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: dict(HEADERS))

    @classmethod
    def asking(cls, email: str, expires_at: datetime) -> Self:
        """The page with the button; `expires_at` is UTC without a zone, as in the database."""
        until = f"{expires_at:%H:%M}"
        return cls(_render("Your token", part="asking", email=email, until=until))

    @classmethod
    def giving(cls, token: str, expires_at: datetime) -> Self:
        """The page that shows the token, this once."""
        until = f"{expires_at.astimezone(UTC):%d %B %Y}".lstrip("0")
        return cls(_render("Your token", part="giving", token=token, until=until))


def page_of_problem(answer: Response) -> Page:
    """The page that says what the answer of `problems` says."""
    problem = Problem.model_validate_json(bytes(answer.body))
    title = _TITLES.get(problem.label, "This does not work now")
    kept = {name: answer.headers[name] for name in _KEPT if name in answer.headers}
    html = _render(title, part="problem", detail=problem.detail, label=problem.label)
    return Page(html, answer.status_code, {**HEADERS, **kept})


def _render(title: str, **facts: str) -> str:
    return _PAGES.get_template("confirm.html.j2").render(title=title, style=_STYLE, **facts)
