"""gunicorn's settings; it reads this file from the folder that it is started in.

The command line counts above it: `gunicorn -w 4 -k uvicorn.workers.UvicornWorker api:app`.
"""

from typing import Any

from iargus.server.hooks import load_certificate, renew_certificate, set_up_worker, tls_policy

_tls = tls_policy()

worker_class = "iargus.server.worker.DrainingWorker"
# A worker that is silent for longer is replaced; one that is told to stop has so long to answer.
timeout = 60
graceful_timeout = 30
# Longer than any proxy keeps an idle connection (nginx 60 s, as in deploy/nginx), so that none
# sends a request into one that is being closed.
keepalive = 75
# Nobody's X-Forwarded-For is believed by the server itself; see `proxies` in config.yml.
forwarded_allow_ips = ""
# All services of a user would share one socket in his home, and the signals are enough.
control_socket_disable = True

if _tls.certificate is not None:
    certfile = str(_tls.certificate)
    keyfile = str(_tls.key)


def on_starting(server: Any) -> None:
    """Before the first worker."""
    _drain(server)
    load_certificate(server)


def on_reload(server: Any) -> None:
    """At SIGHUP, which reads the worker's class anew."""
    _drain(server)
    renew_certificate(server)


post_fork = set_up_worker


def _drain(server: Any) -> None:
    """`-k uvicorn.workers.UvicornWorker` and the same of `uvicorn_worker` answer requests in the
    same way, and drop some at a reload: see `iargus/server/worker.py`."""
    if server.worker_class.__name__ == "UvicornWorker":
        from iargus.server.worker import DrainingWorker

        server.worker_class = DrainingWorker
