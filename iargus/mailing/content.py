"""What a mail says, and how it is rendered: `templates/` holds every mail, as text and as HTML."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from iargus.mailing.message import Mail, content_id
from iargus.text import printable

if TYPE_CHECKING:
    from jinja2 import Environment

_MAX_CHARS = 300


class Severity(StrEnum):
    """What a mail asks of its reader, in the words of the subject."""

    ACTION = "Action needed"
    REVIEW = "Review"
    INFORMATION = "Information"


@dataclass(frozen=True)
class Step:
    """What to do, and the commands for it, in their order. A colon ends a text whose commands
    follow."""

    text: str
    commands: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fact:
    """A line of a table; `detail` is said in smaller letters, `urgent` is marked."""

    name: str
    value: str
    detail: str = ""
    urgent: bool = False

    def __str__(self) -> str:
        line = f"{self.name}: {self.value}"
        return f"{line} ({self.detail})" if self.detail else line


@dataclass(frozen=True)
class Section:
    """Sentences under a title, then facts, then a note. `name` is that of its picture, if any."""

    name: str
    title: str
    sentences: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    heads: tuple[str, str, str] = ("", "", "")
    note: str = ""

    def __bool__(self) -> bool:
        return bool(self.sentences or self.facts)


@dataclass(frozen=True)
class Links:
    """`report` is a file on the machine of the run; `server` an address for a browser, None where
    the registry is embedded."""

    report: str | None = None
    run_id: str | None = None
    server: str | None = None


@dataclass(frozen=True)
class Content:
    """A report to the operators, by the template `alert`. Its texts are plain: the HTML escapes
    them, and the caller cuts names from data with `iargus.text.printable`.

    Attributes:
        also: the reasons beside the one in the title.
        resolved: what earlier mails reported and is over.
        steps, aside: what to do, and what is good to know beside it.
        done: what the program did by itself, under the heading `done_title`.
    """

    severity: Severity
    title: str
    sentence: str
    steps: tuple[Step, ...]
    facts: tuple[Fact, ...]
    done: tuple[str, ...]
    also: tuple[str, ...] = ()
    resolved: tuple[str, ...] = ()
    aside: Step | None = None
    sections: tuple[Section, ...] = ()
    links: Links = Links()
    picture_text: str = ""
    done_title: str = "What the job did"
    sent_by: str = "the monthly run of IArgus"


def web_address(uri: str) -> str | None:
    """The address of a server without what a mail must not hold: user, password, parameters."""
    try:
        parts = urlsplit(uri)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        return None
    return printable(urlunsplit((parts.scheme, host + port, parts.path, "", "")), _MAX_CHARS)


def write_mail(
    template: str,
    *,
    message_id: str,
    subject: str,
    picture: bytes | None = None,
    task: str = "",
    period: str = "",
    kind: str = "",
    **values: object,
) -> Mail:
    """Render `templates/<template>.txt.j2` and `.html.j2` with `values`; `alert` takes a `Content`
    as `mail`. The other arguments are those of `Mail`."""
    values["picture"] = None if picture is None else f"cid:{content_id(message_id)}"
    text, html = (
        _templates().get_template(f"{template}.{form}.j2").render(values)
        for form in ("txt", "html")
    )
    return Mail(
        message_id=message_id,
        subject=subject,
        body_text=text,
        body_html=html,
        picture=picture,
        task=task,
        period=period,
        kind=kind,
    )


@cache
def _templates() -> Environment:
    # Imported here: what says something in these terms does not always render it.
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=PackageLoader("iargus.mailing"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
