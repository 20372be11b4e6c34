"""The contract between a kind of task and `serving.compilation`: how its estimators become bundles.

A kind names one `CompiledForm` in `Task.compiled_form`. Everything that needs scikit-learn is
imported within its methods, because a worker needs the type of the bundle alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from iargus.compiled.bundle import Bundle, FloatArray, Payload, check_canaries
from iargus.compiled.errors import Refused
from iargus.compiled.files import Contents, read_files, read_manifest

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

B = TypeVar("B", bound=Bundle)


class SyntheticRows(Protocol):
    """An endless, seeded source of rows."""

    def rows(self, count: int) -> list[dict[str, Any]]:
        """The next ``count`` rows."""
        ...


class CompiledForm(ABC, Generic[B]):
    """How the estimators of a kind are compiled, and what their bundles are held against.

    Attributes:
        kind: the name of the kind in manifests.
        bundle_type: what a bundle of this kind is read as.
        canaries: rows that every bundle must answer as its estimator did: plain ones and odd ones.
        largest_decides: whether the answer is the place of the largest number, as with
            probabilities, so that this place must be the same as well.
    """

    kind: ClassVar[str]
    bundle_type: type[B]
    canaries: ClassVar[Sequence[Payload]]
    largest_decides: ClassVar[bool] = False

    def load(
        self, directory: Path, *, task: str | None = None, created_from: str | None = None
    ) -> B:
        """Verify the bundle in ``directory``, build its model, and try it on its canaries.

        Args:
            task, created_from: what the manifest must say, where given. The bundle of an older
                version is a good bundle: only who knows the version can tell.

        Raises:
            Refused: anything is not as it should be; the message says what.
        """
        manifest = read_manifest(directory)
        wanted = {"kind": self.kind, "task": task, "created_from": created_from}
        for name, value in wanted.items():
            if value is not None and getattr(manifest, name) != value:
                raise Refused(f"the bundle is of {name} {getattr(manifest, name)!r}, not {value!r}")
        contents = Contents(read_files(directory, manifest))
        try:
            bundle = self.bundle_type.read(manifest, contents)
        except Refused:
            raise
        # Whatever the checks did not foresee in a file means the same.
        except Exception as error:
            raise Refused(f"the bundle cannot be read: {type(error).__name__}: {error}") from error
        contents.close()
        check_canaries(bundle)
        return bundle

    @abstractmethod
    def compile(self, estimator: Pipeline) -> dict[str, bytes]:
        """The files of the bundle by name; the same estimator gives the same bytes.

        Raises:
            NotCompilable: a part of it is of a type, or set in a way, that has no compiled form.
        """

    @abstractmethod
    def reference(self, estimator: Pipeline, payloads: Sequence[Payload]) -> FloatArray:
        """The numbers of the estimator's own answers to (n,) rows, as `Bundle.numbers`."""

    @abstractmethod
    def synthetic_rows(self, bundle: B, seed: int) -> SyntheticRows:
        """Rows on and around every edge of a bundle, to compare it with its estimator."""

    def check(self, bundle: B, *, rows: int) -> None:
        """Check on ``rows`` synthetic rows what else must hold of a new version.

        Raises:
            Refused: it does not; the message names a row.
        """
