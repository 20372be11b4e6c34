"""Makes a virtual environment from a lock, whole or not at all; the Makefile calls this.

    python scripts/environment.py .venv installed requirements.txt [--project .] [--onto installed]

An environment cannot be moved to another place, so it is known to be unfinished instead: the file
`installed` (or another mark) is in it only while everything is. Where that lacks, the folder is
removed and made again, since pip takes a half-unpacked package for installed.
Of processes that start together one works, and the others wait for it. The standard library alone:
nothing is installed yet.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def install(
    folder: Path, mark: str, lock_file: Path, *, project: Path | None, onto: str | None
) -> None:
    """Have what `lock_file` pins in the environment `folder`, and its `mark` there.

    `onto` is the mark of what has to be there before, and stays.
    """
    with _alone(folder):
        inputs = [lock_file, *([project / "pyproject.toml"] if project else [])]
        if _is_newer(folder / mark, inputs):
            return
        if onto is not None and not (folder / onto).exists():
            raise SystemExit(f"{folder} is not whole; run `make run` first")
        unfinished = folder / "unfinished"
        if unfinished.exists() or not (folder / (onto or mark)).exists():
            if folder.exists():
                print(f"{folder} was not finished or is another's; it is made again", flush=True)
                shutil.rmtree(folder)
            folder.mkdir(parents=True)
            unfinished.touch()
            print(f"Making the virtual environment {folder} with {sys.executable}", flush=True)
            _run(sys.executable, "-m", "venv", str(folder))
        # From here on it counts as unfinished, until the last of these lines.
        unfinished.touch()
        for each in filter(None, (mark, onto)):
            (folder / each).unlink(missing_ok=True)
        print(f"Installing what {lock_file} pins (a minute or two, once)", flush=True)
        pip = (str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet")
        _run(*pip, "--require-hashes", "-r", str(lock_file))
        if project is not None:
            _run(*pip, "--no-deps", "--editable", str(project))
        # A mark on the disk before what it stands for would outlive a loss of power alone.
        os.sync()
        for each in filter(None, (onto, mark)):
            (folder / each).touch()
        unfinished.unlink()


def _is_newer(mark: Path, inputs: list[Path]) -> bool:
    if not mark.exists() or (mark.parent / "unfinished").exists():
        return False
    return all(mark.stat().st_mtime >= path.stat().st_mtime for path in inputs)


def _run(*command: str) -> None:
    done = subprocess.run(command, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with Path(f"{folder}.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"Another process is making {folder}; waiting for it", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("mark")
    parser.add_argument("lock_file", type=Path)
    parser.add_argument("--project", type=Path, help="install this too, editable")
    parser.add_argument("--onto", help="the mark of what must be there before")
    options = parser.parse_args()
    try:
        install(
            options.folder,
            options.mark,
            options.lock_file,
            project=options.project,
            onto=options.onto,
        )
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
