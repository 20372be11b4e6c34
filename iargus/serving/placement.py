"""Where the models that are served lie on this host, and how they get there whole or not at all.

var/models/<task>/<version>/{bundle/, manifest.json}
var/models/<task>/<version>/{model.skops, manifest.json}    where scikit-learn serves
var/models/<task>/current.json        {"champion": "7", "challenger": null}
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from iargus.atomic_write import staged, sync_to_disk
from iargus.errors import ArtefactRejected

if TYPE_CHECKING:
    from iargus.registry.version import ModelVersion

_STAGED = ".staged-"
_MODEL = "model.skops"
_BUNDLE = "bundle"
_STALE_S = 3600


@dataclass(frozen=True)
class Current:
    """Which versions of a task are served."""

    champion: str
    challenger: str | None = None


@dataclass(frozen=True)
class Manifest:
    """What is known of a placed version without asking the registry. Times are ISO 8601, UTC.

    `sha256` is that of `model.skops`, also where its bundle was placed; `bundle` that of the
    bundle's own manifest, empty without one.
    """

    task: str
    version: str
    sha256: str
    metric: str
    error: float | None
    window_start: str | None
    window_end: str | None
    bundle: str = ""


class Placement:
    """The folder `models_dir` of one host. Several processes may read and write it at once."""

    def __init__(self, models_dir: Path) -> None:
        self.models_dir = models_dir

    def current_file(self, task: str) -> Path:
        return self.models_dir / task / "current.json"

    def model_file(self, task: str, version: str) -> Path:
        return self.models_dir / task / version / _MODEL

    def bundle_folder(self, task: str, version: str) -> Path:
        return self.models_dir / task / version / _BUNDLE

    def placed_at_s(self, task: str, version: str) -> float | None:
        """When a version was placed, in seconds since 1970; None when it is not here."""
        try:
            return (self.models_dir / task / version / "manifest.json").stat().st_mtime
        except OSError:
            return None

    def current(self, task: str) -> Current | None:
        """What is served, or None when nothing was placed yet or the file cannot be read."""
        try:
            return Current(**json.loads(self.current_file(task).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def manifest(self, task: str, version: str) -> Manifest:
        """What is known of a placed version.

        Raises:
            ArtefactRejected: it is not placed, or its manifest cannot be read.
        """
        path = self.models_dir / task / version / "manifest.json"
        try:
            return Manifest(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise ArtefactRejected(f"{task} version {version} is not on this host") from None
        except (OSError, ValueError, TypeError) as error:
            raise ArtefactRejected(
                f"the manifest of {task} version {version} cannot be read: {error}"
            ) from None

    @contextmanager
    def staging(self, task: str) -> Iterator[Path]:
        """A folder to prepare a version in, on the same disk; gone at the end of the block."""
        home = self.models_dir / task
        home.mkdir(parents=True, exist_ok=True)
        path = Path(tempfile.mkdtemp(prefix=_STAGED, dir=home))
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def place(self, version: ModelVersion, content: Path, *, bundle: str = "") -> None:
        """Move what was checked to where it is served, whole.

        Args:
            content: the file `model.skops`, or the folder of the bundle; lies in a staging folder.
            bundle: SHA-256 of the bundle's manifest, in hex, when it is one.

        Raises:
            OSError: the disk is full or not writable; what was there before is still there.
        """
        manifest = Manifest(
            task=version.task,
            version=version.version,
            sha256=version.sha256,
            metric=version.metric,
            error=version.error,
            window_start=version.window_start.isoformat() if version.window_start else None,
            window_end=version.window_end.isoformat() if version.window_end else None,
            bundle=bundle,
        )
        self.place_as(manifest, content)

    def place_as(self, manifest: Manifest, content: Path) -> None:
        """See `place`; for what was placed before, and is placed anew."""
        ready = content.parent / "ready"
        ready.mkdir()
        content.replace(ready / (_BUNDLE if manifest.bundle else _MODEL))
        text = json.dumps(asdict(manifest), indent=1)
        (ready / "manifest.json").write_text(text + "\n", encoding="utf-8")
        for path in ready.rglob("*"):
            if path.is_file():
                sync_to_disk(path)
        target = self.models_dir / manifest.task / manifest.version
        try:
            ready.rename(target)
        except OSError:
            if not target.is_dir():
                raise
            # There is one already: damaged, of another registry, or placed by another process.
            # It goes away with the staging folder. Who looks for it between the two lines finds
            # nothing, keeps what it has loaded, and looks again.
            target.rename(content.parent / "replaced")
            ready.rename(target)

    def point(self, task: str, current: Current) -> None:
        """Say at once what is served; readers see the old or the new, nothing between."""
        file = self.current_file(task)
        # In the staging folder `prune` finds what a killed process has left.
        with self.staging(task) as place, staged(file, folder=place) as draft:
            draft.write(f"{json.dumps(asdict(current))}\n".encode())

    def prune(self, task: str, keep: Collection[str]) -> None:
        """Remove all versions but `keep`, and what a process that died left in staging."""
        home = self.models_dir / task
        for path in home.iterdir() if home.is_dir() else ():
            if not path.is_dir() or path.name in keep:
                continue
            if path.name.startswith(_STAGED) and _age_s(path) < _STALE_S:
                continue
            shutil.rmtree(path, ignore_errors=True)


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
