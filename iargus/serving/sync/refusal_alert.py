"""The mail about a version that a host refused to serve. Pure."""

from __future__ import annotations

from iargus.mailing.content import Content, Fact, Severity, Step, web_address, write_mail
from iargus.mailing.message import Mail, identity_of
from iargus.serving.sync.refusals import Refusal
from iargus.settings import Settings
from iargus.text import printable

_KIND = "refused_version"
_MAX_REASON_CHARS = 600


def write_refusal(refusal: Refusal, settings: Settings, *, host: str) -> Mail:
    """What was refused, why, what serves instead, and what a person does. `host` is the name of
    the machine that refused it."""
    task, version = printable(refusal.task, 64), printable(refusal.version, 20)
    serving = None if refusal.serving is None else printable(refusal.serving, 20)
    host_name = printable(host, 64)
    content = Content(
        severity=Severity.ACTION,
        title=f"{task} version {version} is refused",
        sentence=(
            f"The registry names version {version} of {task}, and {host_name} does not serve it: "
            f"{printable(refusal.reason, _MAX_REASON_CHARS)}"
        ),
        steps=_steps(task, version),
        facts=(
            Fact("Task", task),
            Fact("Refused version", version),
            Fact("Serving version", serving or "none", "" if serving else "answers are 503"),
            Fact("Host", host_name),
            Fact("Registry", web_address(settings.mlflow_uri) or "embedded, on that host"),
        ),
        done=(
            "It placed nothing of that version, and ran nothing of it.",
            "It looks at the version again after a minute, and then ever more rarely, at least "
            "once an hour; at once when its tags change.",
            "No second mail comes from this host for the same reason.",
        ),
        done_title="What the host did",
        sent_by="the sync process of IArgus",
    )
    state = "and nothing serves" if serving is None else f"and version {serving} goes on serving"
    about = (refusal.task, refusal.version, _KIND, refusal.reason, host)
    return write_mail(
        "alert",
        message_id=identity_of(about, settings),
        subject=printable(f"[IArgus] {content.severity}: {content.title}, {state}", 200),
        mail=content,
    )


def _steps(task: str, version: str) -> tuple[Step, ...]:
    return (
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
    )
