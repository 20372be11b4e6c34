"""`iargus sync`: the process that brings champions from the registry to this host."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType
from typing import Annotated

import typer

from iargus.errors import ConfigurationError
from iargus.logs import configure_logging
from iargus.operations.stack import Stack


def sync(
    once: Annotated[bool, typer.Option("--once", help="Go over all tasks once.")] = False,
    follow: Annotated[
        bool,
        typer.Option("--follow", help="Keep running, and sync every registry.poll_interval_s."),
    ] = False,
    parent_pipe: Annotated[
        bool, typer.Option("--parent-pipe", help="End when standard input ends.", hidden=True)
    ] = False,
) -> None:
    """Fetch the champions from the registry, check them and place them under var/models."""
    from iargus.metrics import Metrics, families

    if once == follow:
        raise ConfigurationError("say either --once or --follow")
    if follow:
        # Requests go first: to import what reads the registry takes a core for seconds.
        os.nice(10)
    # Imported here: it brings scikit-learn, which `--help` can spare.
    from iargus.monitoring.view.mail.refusals import RefusalMails
    from iargus.serving.sync.refusals import Refusal
    from iargus.serving.sync.sync import Sync, sync_once

    stack = Stack()
    configure_logging(stack.settings.policy.log_level)
    if once:
        for problem in sync_once(stack.settings):
            raise problem
        return
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    if parent_pipe:
        # A Ctrl-C reaches the whole group; the parent says when it is time, by the pipe.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        threading.Thread(target=_watch_parent, args=(stopped,), daemon=True).start()
    metrics = Metrics(stack.settings.metrics_dir, process="sync")
    mails = RefusalMails(stack.settings)

    def refused(refusal: Refusal) -> None:
        metrics.count(families.REFUSED_BUNDLES, refusal.task)
        mails.add(refusal)

    metrics.start()
    mails.start()
    try:
        interval_s = stack.settings.policy.registry.poll_interval_s
        Sync.connect(stack.settings, refused=refused).follow(interval_s, stopped)
    finally:
        mails.stop(timeout_s=1.0)
        metrics.stop()


def _watch_parent(stopped: threading.Event) -> None:
    """Wait for the end of standard input, which means that the parent has died or wants it."""
    # The plain descriptor: a reader of sys.stdin would hold its lock while the interpreter ends.
    descriptor = sys.stdin.fileno()
    while os.read(descriptor, 1024):
        pass
    stopped.set()
    # A pass that waits for a slow registry is not worth waiting for.
    threading.Timer(2.0, os._exit, args=(0,)).start()
