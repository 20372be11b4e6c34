"""What lies on the disk of this machine: the folder `var`, and the encoder."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from iargus.errors import ArtefactRejected
from iargus.operations.doctor.finding import Finding, ok, problem, warning
from iargus.registry import encoder_file

MIN_FREE_BYTES = 2**30


def examine_disk(var_dir: Path) -> Iterator[Finding]:
    """Examine the folder `var`: may be written to, and has room."""
    subject = "disk"
    place = next(path for path in (var_dir, *var_dir.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        yield problem(
            subject,
            f"{place} cannot be written to: {error.strerror}",
            f"give user {os.getuid()} the right to write there, or set IARGUS_VAR",
        )
        return
    free = shutil.disk_usage(place).free
    size = f"{free / 2**30:.1f} GiB free under {place}"
    if place != var_dir:
        size += f"; {var_dir} is not there yet, and `iargus setup` makes it"
    if free < MIN_FREE_BYTES:
        yield warning(subject, size, "make room: models and the databases need some")
    else:
        yield ok(subject, size)


def examine_encoder(path: Path) -> Iterator[Finding]:
    """Examine `features_encoder.pkl` against its digest."""
    if not path.exists():
        yield warning(
            path.name,
            "it is not in this folder",
            "`iargus encoder --help` says how to make it; the service runs without",
        )
        return
    try:
        digest = encoder_file.check(path)
    except ArtefactRejected as error:
        yield problem(path.name, str(error), "restore the file from a release, or make it again")
    else:
        yield ok(path.name, f"SHA-256 {digest[:12]}...")
