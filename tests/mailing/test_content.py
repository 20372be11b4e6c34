"""Every mail has both forms, one look, and escapes what it is given."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import iargus.mailing
from iargus.mailing.content import Content, Fact, Section, Severity, Step, web_address, write_mail
from iargus.mailing.message import Mail

MARKUP = "<b>&amp"
TEMPLATES = Path(iargus.mailing.__file__).parent / "templates"
CONTENT = Content(
    severity=Severity.REVIEW,
    title=MARKUP,
    sentence=MARKUP,
    steps=(Step(MARKUP, (MARKUP,)),),
    facts=(Fact(MARKUP, MARKUP),),
    done=(MARKUP,),
    also=(MARKUP,),
    resolved=(MARKUP,),
    sections=(Section("", MARKUP, (MARKUP,), (Fact(MARKUP, MARKUP, MARKUP),), note=MARKUP),),
)
VALUES: dict[str, dict[str, Any]] = {
    "alert": {"mail": CONTENT},
    "confirmation": {"url": MARKUP, "minutes": 30, "days": 180},
    "expiry": {"name": MARKUP, "expires": MARKUP, "issued": MARKUP, "jti": MARKUP},
}


def written(name: str) -> Mail:
    return write_mail(name, message_id="<1@x>", subject="s", **VALUES[name])


def test_each_mail_has_both_forms_and_is_tested_here() -> None:
    names = {path.name.removesuffix(".j2") for path in TEMPLATES.iterdir()}
    assert names == {
        "base.html",
        *(f"{name}.{form}" for name in VALUES for form in ("txt", "html")),
    }


@pytest.mark.parametrize("name", VALUES)
def test_the_html_escapes_and_the_text_does_not(name: str) -> None:
    mail = written(name)
    assert MARKUP not in mail.body_html
    assert "&lt;b&gt;&amp;amp" in mail.body_html
    assert MARKUP in mail.body_text
    assert "&lt;" not in mail.body_text


@pytest.mark.parametrize("name", VALUES)
def test_all_have_one_look_and_load_nothing(name: str) -> None:
    html = written(name).body_html
    (style,) = re.findall("<style>(.*?)</style>", html, re.DOTALL)
    assert style == re.findall("<style>(.*?)</style>", written("expiry").body_html, re.DOTALL)[0]
    assert "Sent by" in html
    assert "http" not in html.replace(MARKUP, "")
    classes = {name for found in re.findall('class="([^"]+)"', html) for name in found.split()}
    assert {name for name in classes if f".{name}" not in style} == set()


@pytest.mark.parametrize("severity", Severity)
def test_the_badge_of_each_severity_has_its_colours(severity: Severity) -> None:
    style = (TEMPLATES / "base.html.j2").read_text()
    assert len(re.findall(rf"\.{severity.name.lower()}\b.*{{ background: #", style)) == 2


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        (
            "http://writer:secret@mlflow.example.org:5000/x?token=y",
            "http://mlflow.example.org:5000/x",
        ),
        ("https://[::1]:5000", "https://[::1]:5000"),
        ("sqlite:///var/mlflow.db", None),
        ("http://mlflow.example.org:port", None),
    ],
)
def test_an_address_in_a_mail_holds_no_password(uri: str, shown: str | None) -> None:
    assert web_address(uri) == shown
