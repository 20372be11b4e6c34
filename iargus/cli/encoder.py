"""`iargus encoder`: the file `features_encoder.pkl` and its digest."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iargus.errors import ArtefactRejected, VersionUnknown
from iargus.logs import configure_logging
from iargus.operations.stack import Stack

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from iargus.tasks.car_price.estimator.name_encoder import NameEncoder

app = typer.Typer(help="Write or check features_encoder.pkl.", no_args_is_help=True)

PathOption = Annotated[Path, typer.Option(help="Where the file is; its digest lies beside it.")]
_DEFAULT = Path("features_encoder.pkl")


@app.command("export")
def export(
    path: PathOption = _DEFAULT,
    task: Annotated[str, typer.Option(help="Whose champion to take it from.")] = "car_price",
) -> None:
    """Take the fitted encoder out of the champion and write it with its SHA-256."""
    from iargus.registry import artefact, encoder_file

    configure_logging("warning")
    stack = Stack()
    chosen = stack.catalogue.get(task)
    champion = stack.registry.resolve(chosen.name, "champion")
    if champion is None:
        raise VersionUnknown(f"{task} has no champion; train one: iargus train {task}")
    with tempfile.TemporaryDirectory(prefix="iargus-encoder-") as place:
        file = stack.registry.fetch(champion, Path(place))
        pipeline = artefact.load(file, sha256=champion.sha256, trusted_types=chosen.trusted_types)
    digest = encoder_file.write(_encoder(pipeline), path)
    typer.echo(f"{digest}  {path} (from {task} version {champion.version})")


@app.command("check")
def check(path: PathOption = _DEFAULT) -> None:
    """Compare the file with its SHA-256, and read it with nothing but known classes."""
    from iargus.registry import encoder_file

    digest = encoder_file.check(path)
    encoder = encoder_file.load(path)
    typer.echo(f"{digest}  {path}: {type(encoder).__name__}, in order")


def _encoder(pipeline: Pipeline) -> NameEncoder:
    from iargus.tasks.car_price.estimator.name_encoder import NameEncoder

    for _, step in pipeline.steps:
        for found in (step, getattr(step, "encoder_", None)):
            if isinstance(found, NameEncoder):
                return found
    raise ArtefactRejected("the champion holds no NameEncoder")
