"""What gunicorn reads where it is started; the command line goes before it."""

from typing import Any


def on_starting(server: Any) -> None:
    """Before the first worker."""
    _drain(server)


def on_reload(server: Any) -> None:
    """At SIGHUP, which reads the worker's class anew."""
    _drain(server)


def _drain(server: Any) -> None:
    """`-k uvicorn.workers.UvicornWorker` and the same of `uvicorn_worker` answer requests in the
    same way, and drop some at a reload: see `iargus/web/worker.py`."""
    if server.worker_class.__name__ == "UvicornWorker":
        from iargus.web.worker import DrainingWorker

        server.worker_class = DrainingWorker
