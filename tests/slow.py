"""The slow tests: `make test` leaves them out, `make test-all` and `.ci/run` run them too.

Each is slow because it starts, kills or loads real programs; the reason says what only it proves.
"""

from __future__ import annotations

# What `make test` gives to -m.
NOT_SLOW = "not slow"

SLOW = {
    "tests/api/test_confirm_workers.py": "two workers give one token for a link pressed at once",
    "tests/api/test_grafana.py": "a real Prometheus understands dashboard and alerts",
    "tests/api/test_gunicorn.py": "TLS, addresses and reloads, as gunicorn has them",
    "tests/api/test_limits_workers.py": "limits hold over four workers and over two hosts",
    "tests/api/test_metrics_workers.py": "one scrape adds up all workers, the dead ones too",
    "tests/api/test_nginx.py": "deploy/nginx keeps out what it says, before a real service",
    "tests/api/test_nginx_path.py": "every link works behind a proxy that adds a path",
    "tests/api/test_openapi.py": "Schemathesis asks a real service thousands of times",
    "tests/auth/tokens/test_reaches_every_worker.py": "revocations and keys reach other processes",
    "tests/outages": "a service keeps its promises while database, registry, disk or worker fail",
    "tests/swapping": "champions change under load without a failed or a wrong answer",
    "tests/docs/test_examples.py": "both tutorials do, word for word, what they show",
    "tests/monitoring/job/test_bad_months.py": "two hundred kinds of bad months are judged",
    "tests/monitoring/job/test_crash.py": "a run or a first start may be killed anywhere",
    "tests/monitoring/job/test_outages.py": "a run goes on after the registry was away",
    "tests/monitoring/job/test_program.py": "model_monitoring.py as cron starts it, to the mail",
    "tests/monitoring/stats/performance/test_calibration.py": "the rules keep their error rates",
    "tests/serving/pool/test_pool.py": "processes of estimators are killed, and replaced",
    "tests/serving/test_embedded.py": "making the embedded store may be cut off anywhere",
    "tests/serving/test_outage.py": "champions go on serving after a registry has stopped",
    "tests/serving/test_supervisor.py": "the real sync process follows the registry",
    "tests/test_bench_chaos.py": "seeded schedules of faults break no rule",
    "tests/test_deploy_mlflow.py": "deploy/mlflow starts registries that want a login",
    "tests/test_end_to_end.py": "from a clean folder to a promotion under load, with real servers",
    "tests/test_environment_script.py": "an installation that was cut off is made anew",
    "tests/test_no_secret_is_kept.py": "no byte of databases and logs is a secret",
    "tests/test_no_secrets_in_history.py": "nor is any of the history",
    "tests/test_schedules.py": "the schedules of deploy/ start the job",
    "tests/test_third_task.py": "your own task from rows to answers, by commands and gunicorn",
}


def is_slow(path: str) -> bool:
    """Whether the tests of a file, named from the root of the repository, are slow ones."""
    return any(path == slow or path.startswith(f"{slow}/") for slow in SLOW)
