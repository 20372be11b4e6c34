"""The client of the MLflow server or of the embedded store, and the translation of its errors."""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from iargus.errors import RegistryUnavailable
from iargus.registry import embedded
from iargus.settings import Settings

if TYPE_CHECKING:
    from mlflow import MlflowClient

logger = logging.getLogger(__name__)

# The local disk is to blame for these, not the registry.
_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES}


class Connection:
    """Makes the client at its first use; safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        self.uri = settings.mlflow_uri
        self._var_dir = settings.var_dir
        # `MLFLOW_HOST` may name another file of this machine.
        self.file = Path(self.uri.removeprefix("sqlite:///"))
        self._timeout_s = settings.policy.registry.timeout_s
        self._lock = threading.Lock()
        self._client: MlflowClient | None = None

    @property
    def embedded(self) -> bool:
        return self.uri.startswith("sqlite:")

    @property
    def is_made(self) -> bool:
        """False for an embedded store that is not there; nothing is opened."""
        return not self.embedded or embedded.is_made(self.file)

    @property
    def artifact_location(self) -> str | None:
        """Where new experiments keep their files: a folder of ours, or the server's own choice."""
        return (self._var_dir / "mlartifacts").as_uri() if self.embedded else None

    def client(self) -> MlflowClient:
        """The client.

        Raises:
            RegistryUnavailable: the embedded store cannot be opened, or is gone.
        """
        with self._lock:
            if self._client is None:
                self._client = self._open()
            elif self.embedded and not embedded.is_made(self.file):
                # MLflow would create an empty file of that name, and find no tables in it.
                raise RegistryUnavailable(
                    f"the embedded MLflow store {self.file} is gone; put it back, or stop the "
                    "service and run `iargus setup`, which makes a new one"
                )
            return self._client

    @property
    def is_unopened_file(self) -> bool:
        """True for an embedded store that MLflow has not opened in this process."""
        return self.embedded and self._client is None

    @contextmanager
    def translated(self, doing: str) -> Iterator[MlflowClient]:
        """Yield the client; what mlflow raises in the block becomes one of our errors.

        Raises:
            RegistryUnavailable: the registry is out of reach or answers with an error.
            OSError: the disk here is full or not writable.
        """
        client = self.client()
        from mlflow.exceptions import MlflowException

        try:
            yield client
        except MlflowException as error:
            disk = _disk_error(error)
            if disk is not None:
                raise disk from error
            raise RegistryUnavailable(self._message(doing, error)) from error
        except OSError as error:  # every error of requests is one
            if error.errno in _DISK:
                raise
            raise RegistryUnavailable(self._message(doing, error)) from error

    @contextmanager
    def write_lock(self) -> Iterator[None]:
        """Hold this while creating what two processes might create at once in SQLite."""
        if not self.embedded:
            yield
            return
        with self.file.with_suffix(".lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def create_once(self, create: Callable[[], object]) -> None:
        """Create something in MLflow, unless another process was faster."""
        from mlflow.exceptions import MlflowException

        try:
            create()
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise

    def _open(self) -> MlflowClient:
        self._prepare_environment()
        from mlflow import MlflowClient

        # After the import, which sets levels itself. urllib3 warns of every single retry.
        for name in ("mlflow", "alembic", "urllib3.connectionpool"):
            logging.getLogger(name).setLevel(logging.ERROR)
        # Prints tracebacks of what is raised as well.
        logging.getLogger("mlflow.store.db.utils").setLevel(logging.CRITICAL)
        if not self.embedded:
            return MlflowClient(tracking_uri=self.uri, registry_uri=self.uri)
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            # One process creates the store, and the others find it complete.
            with self.write_lock():
                if not embedded.is_made(self.file):
                    embedded.make(self.file, embedded.fill)
                return self._opened()
        except Exception as error:  # SQLAlchemy, Alembic, sqlite3 and mlflow: all mean this
            raise RegistryUnavailable(self._message("open", error)) from error

    def _opened(self) -> MlflowClient:
        """The client of the embedded store; one whose creation was interrupted is created again."""
        try:
            return self._tried()
        except Exception as error:
            # A disk that is full, or another program's lock, says nothing about the store.
            if _disk_error(error) is not None or "locked" in str(error):
                raise
            aside = embedded.set_aside_unfinished(self.file)
            if aside is None:
                raise
            logger.warning(
                "the embedded MLflow store was never finished and is empty; it is created again, "
                "and the old file is %s",
                aside,
            )
            embedded.make(self.file, embedded.fill)
            return self._tried()

    def _tried(self) -> MlflowClient:
        from mlflow import MlflowClient

        client = MlflowClient(tracking_uri=self.uri, registry_uri=self.uri)
        client.search_experiments(max_results=1)
        client.search_registered_models(max_results=1)
        return client

    def _prepare_environment(self) -> None:
        # mlflow reads these from the environment only.
        os.environ |= {
            "MLFLOW_HTTP_REQUEST_TIMEOUT": str(self._timeout_s),
            "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
            "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "0",
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "DO_NOT_TRACK": "true",
            "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
            "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
        }
        os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
        if self.embedded:
            # A pooled connection would go on writing to a file that was removed.
            os.environ.setdefault("MLFLOW_SQLALCHEMYSTORE_POOLCLASS", "NullPool")

    def _message(self, doing: str, error: Exception) -> str:
        server = f"the MLflow server {_bare(self.uri)}"
        place = "the embedded MLflow store" if self.embedded else server
        reason = " ".join(str(error).split()).replace(self.uri, _bare(self.uri))
        return f"{place} failed to {doing}: {reason[:300]}; {self._advice(doing, reason)}"

    def _advice(self, doing: str, reason: str) -> str:
        if not self.embedded:
            return "check MLFLOW_HOST and that the server is up"
        if "out-of-date database schema" in reason:
            # Another release of MLflow made it, and there are models in it.
            upgrade = f"{Path(sys.executable).with_name('mlflow')} db upgrade {self.uri}"
            return f"copy {self.file}, then run `{upgrade}`"
        if "locked" in reason:
            return f"another program has {self.file} open; try again"
        if doing != "open" or not self.file.is_file():
            return "`iargus doctor` says what else is wrong"
        return (
            f"to begin without its models, `mv {self.file} {self.file}.broken`, then `iargus setup`"
        )


def _disk_error(error: BaseException) -> OSError | None:
    """The full disk behind an error, which mlflow may call a model that cannot be serialised."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno in _DISK:
            return cause
        cause = cause.__cause__ or cause.__context__
    return None


def _bare(uri: str) -> str:
    """The address without user and password."""
    scheme, separator, rest = uri.partition("://")
    return scheme + separator + rest.rpartition("@")[2]
