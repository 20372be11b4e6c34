"""The mails that a run may ask for: subject, plain text and HTML."""

from __future__ import annotations

import hashlib
from datetime import datetime
from email.utils import parseaddr
from enum import StrEnum
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from iargus.monitoring.message import sender_of
from iargus.monitoring.outbox import Mail
from iargus.monitoring.result import TaskOutcome
from iargus.monitoring.wording import METRICS, percent
from iargus.settings import Settings

_MAX_SUBJECT_CHARS = 200


class Kind(StrEnum):
    """What a mail is about; its name is part of the Message-ID and of the template's name."""

    BREACH_NOT_MENDED = "breach_not_mended"


def write_alert(kind: Kind, outcome: TaskOutcome, settings: Settings) -> Mail:
    """The mail of this kind about one outcome."""
    facts = _facts(outcome)
    return Mail(
        message_id=message_id(kind, outcome, settings),
        task=outcome.task,
        period=str(outcome.period),
        kind=kind.value,
        subject=_one_line(_TEMPLATES.get_template(f"{kind.value}.subject.j2").render(facts)),
        body_text=_TEMPLATES.get_template(f"{kind.value}.txt.j2").render(facts),
        body_html=_TEMPLATES.get_template(f"{kind.value}.html.j2").render(facts),
    )


def message_id(kind: Kind, outcome: TaskOutcome, settings: Settings) -> str:
    """The same for the same (task, period, kind) of the same installation, so that no mail is
    queued twice and a repeated one is known as such by mail programs.

    The database's place is part of it, which keeps two installations that mail the same people
    apart. A digest, because a long header would be folded, and some readers keep the fold.
    """
    server = settings.environment.mysql
    place = str(settings.var_dir) if server is None else f"{server.host}:{server.port}"
    parts = (outcome.task, str(outcome.period), kind.value, place)
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]
    domain = parseaddr(sender_of(settings))[1].rpartition("@")[2] or "localhost"
    return f"<iargus.{digest}@{domain}>"


def _facts(outcome: TaskOutcome) -> dict[str, Any]:
    retraining = outcome.retraining
    return {
        "outcome": outcome,
        "retraining": retraining,
        "metric": METRICS.get(outcome.metric, outcome.metric),
        "serving_error": outcome.error if retraining is None else retraining.serving_error,
        "advice": _advice(outcome),
    }


def _advice(outcome: TaskOutcome) -> list[str]:
    task = outcome.task
    return [
        f"Look at the newest labelled rows of {task}: wrong units, placeholders as labels, or a "
        "kind of input that is new.",
        f"If the rows are right, train with more or better data: iargus train {task}, then "
        f"iargus models promote {task} VERSION.",
        f"If an error of {percent(outcome.threshold)} can no longer be had, change "
        f"tasks.{task}.threshold in config.yml.",
    ]


def _one_line(text: str) -> str:
    return " ".join(text.split())[:_MAX_SUBJECT_CHARS]


def _moment(value: datetime) -> str:
    return f"{value:%Y-%m-%d %H:%M}"


def _count(value: int) -> str:
    return f"{value:,}"


_TEMPLATES = Environment(
    loader=PackageLoader("iargus.monitoring"),
    autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_TEMPLATES.filters.update(percent=percent, moment=_moment, count=_count)
