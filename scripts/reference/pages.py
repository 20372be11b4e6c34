"""Pages of the site as Sphinx reads them: with generated parts, and links within the site."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from scripts.reference import (
    commands,
    http_api,
    metrics,
    problems,
    python_api,
    settings,
)

ROOT = Path(__file__).parents[2]
# Pages that stay beside what they are about; each is shown as a page of the site.
ELSEWHERE = {
    "deploy/nginx/README.md": "how-to/nginx.md",
    "deploy/mlflow/README.md": "how-to/mlflow.md",
    "deploy/grafana/README.md": "how-to/grafana.md",
    "CONTRIBUTING.md": "explanation/contributing.md",
    "SECURITY.md": "explanation/reporting.md",
    "CHANGELOG.md": "reference/changelog.md",
}
GENERATORS: dict[str, Callable[..., str]] = {
    "settings": settings.markdown,
    "environment": settings.environment,
    "problems": problems.markdown,
    "metrics": metrics.markdown,
    "commands": commands.markdown,
    "http-api": http_api.markdown,
    "python": python_api.markdown,
}
_MARKER = re.compile(r"^<!-- (generated|page): (\S+?)(?: (\S+))? -->$", re.MULTILINE)
_LINK = re.compile(r"(?<!\!)\[([^\]\n]*(?:\n[^\]\n]*)?)\]\(([^)\s]+)\)")


def expand(text: str, page: str) -> str:
    """A page of `docs/`, named from there, with everything that its markers stand for."""

    def replace(found: re.Match[str]) -> str:
        what, name, argument = found.groups()
        if what == "page":
            return linked((ROOT / name).read_text(encoding="utf-8"), name, page)
        return GENERATORS[name](*([argument] if argument else []))

    return _MARKER.sub(replace, linked(text, f"docs/{page}", page))


def linked(text: str, source: str, page: str) -> str:
    """The links of `source`, a file of the repository, as they are right on the page of the site.

    Those to pages of the site lead there; those to other files become the file's name, for the
    site holds no files of the repository.
    """

    def replace(found: re.Match[str]) -> str:
        words, target = found.groups()
        path, _, anchor = target.partition("#")
        if not path or "://" in path or path.startswith("mailto:"):
            return found[0]
        name = os.path.normpath(PurePosixPath(source).parent / path)
        if (ROOT / name / "README.md").is_file():
            name = f"{name}/README.md"
        if name in ELSEWHERE:
            name = f"docs/{ELSEWHERE[name]}"
        if not name.startswith("docs/"):
            return words if words.strip("`") == name else f"{words} (`{name}`)"
        here = PurePosixPath("docs", page).parent
        there = os.path.relpath(name, here)
        return f"[{words}]({there}{f'#{anchor}' if anchor else ''})"

    return _LINK.sub(replace, text)
