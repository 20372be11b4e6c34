"""`python -m iargus.serving.pool.child FD`: a process that holds one estimator and answers with it.

It is told by its worker over a socket, in pickles, and answers in JSON: what comes from a model is
data and nothing else. It ends when its standard input does, which is when the worker ends, however
that ends.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import iargus.threads  # noqa: F401 - before scikit-learn is imported
from iargus.errors import IArgusError
from iargus.serving.predictor import load_uncompiled
from iargus.settings import Policy
from iargus.tasks.catalogue import Catalogue


def main(descriptor: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C reaches the whole group
    threading.Thread(target=_watch_parent, daemon=True).start()
    with Connection(descriptor) as worker:
        name, policy, path, sha256 = worker.recv()
        task = Catalogue.read(Policy.model_validate({"tasks": {name: policy}})).get(name)
        try:
            predictor = load_uncompiled(task, Path(path), sha256)
        except (IArgusError, OSError) as error:
            _send(worker, "refused", str(error))
            return
        _send(worker, "ready", None)
        while True:
            try:
                route, inputs = worker.recv()
            except (EOFError, OSError):
                return
            try:
                if route is None:
                    found: Any = predictor.predict(inputs)
                else:
                    found = predictor.read(route, inputs[0])
                _send(worker, "answer", found)
            # The estimator is not ours: whatever it raises is an answer too.
            except Exception as error:
                _send(worker, "failed", f"{type(error).__name__}: {error}")


def _send(worker: Connection, what: str, value: Any) -> None:
    worker.send_bytes(json.dumps([what, value], default=lambda each: each.item()).encode())


def _watch_parent() -> None:
    # The plain descriptor: a reader of sys.stdin would hold its lock while the interpreter ends.
    while os.read(0, 1024):
        pass
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
