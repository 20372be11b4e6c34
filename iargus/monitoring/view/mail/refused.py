"""The mail about a version that a host refused to serve. Pure."""

from __future__ import annotations

from iargus.mailing.outbox import Mail
from iargus.monitoring.view.mail.alerts import identity_of, render
from iargus.monitoring.view.mail.content import Content
from iargus.monitoring.view.mail.links import Links, address
from iargus.monitoring.view.mail.reasons import Severity
from iargus.monitoring.view.names import printable
from iargus.monitoring.view.wording.advice import Advice, Step
from iargus.monitoring.view.wording.sections import Fact
from iargus.serving.sync.refusals import Refusal
from iargus.settings import Settings

KIND = "refused_version"
_MAX_REASON_CHARS = 600


def write_refusal(refusal: Refusal, settings: Settings, *, host: str) -> Mail:
    """What was refused, why, what serves instead, and what a person does. `host` is the name of
    the machine that refused it."""
    content = _content(refusal, settings, host)
    text, html = render(content, None)
    about = (refusal.task, refusal.version, KIND, refusal.reason, host)
    return Mail(
        message_id=identity_of(about, settings),
        task=refusal.task,
        period="",
        kind=KIND,
        subject=printable(f"[IArgus] {content.severity}: {content.title}, {_stays(refusal)}", 200),
        body_text=text,
        body_html=html,
    )


def _content(refusal: Refusal, settings: Settings, host: str) -> Content:
    task, version = printable(refusal.task, 64), printable(refusal.version, 20)
    serving = None if refusal.serving is None else printable(refusal.serving, 20)
    return Content(
        severity=Severity.ACTION,
        title=f"{task} version {version} is refused",
        also=(),
        sentence=(
            f"The registry names version {version} of {task}, and {printable(host, 64)} does not "
            f"serve it: {printable(refusal.reason, _MAX_REASON_CHARS)}"
        ),
        told=(),
        advice=_advice(task, version),
        facts=(
            Fact("Task", task),
            Fact("Refused version", version),
            Fact("Serving version", serving or "none", "" if serving else "answers are 503"),
            Fact("Host", printable(host, 64)),
            Fact("Registry", address(settings.mlflow_uri) or "embedded, on that host"),
        ),
        sections=(),
        done=(
            "It placed nothing of that version, and ran nothing of it.",
            "It looks at the version again after a minute, and then ever more rarely, at least "
            "once an hour; at once when its tags change.",
            "No second mail comes from this host for the same reason.",
        ),
        links=Links(report=None, run_id=None, server=None),
        picture_text="",
        done_title="What the host did",
        sent_by="the sync process of IArgus",
    )


def _advice(task: str, version: str) -> Advice:
    return Advice(
        [
            Step(
                "Give the alias back to a version that is good; hosts follow within seconds:",
                (f"iargus models list {task}", f"iargus models rollback {task}"),
            ),
            Step(
                "Find out who wrote that version. A training signs what it registers and checks it "
                "first: files or tags that are otherwise were changed afterwards, or by somebody "
                "who has no key. Until that is known, treat the registry's passwords as lost."
            ),
            Step(
                "Only where the version is of an earlier release, or was signed with a key that is "
                "no longer used, and you know where it comes from, sign it:",
                (f"iargus models sign {task} {version}",),
            ),
        ],
        None,
        True,
    )


def _stays(refusal: Refusal) -> str:
    if refusal.serving is None:
        return "and nothing serves"
    return f"and version {printable(refusal.serving, 20)} goes on serving"
