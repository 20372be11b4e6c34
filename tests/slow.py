"""The slow tests: `make test` leaves them out, `make test-all` and `.ci/run` run them too.

Each is slow because it starts, kills or loads real programs; the reason says what only it proves.
"""

from __future__ import annotations

SLOW = {
    "tests/outages": "a service keeps its promises while database, registry, disk or worker fail",
    "tests/swapping": "champions change under load without a failed or a wrong answer",
    "tests/docs/test_examples.py": "both tutorials do, word for word, what they show",
    "tests/monitoring/job/test_bad_months.py": "two hundred kinds of bad months are judged",
    "tests/monitoring/job/test_crash.py": "a run or a first start may be killed anywhere",
    "tests/monitoring/job/test_outages.py": "a run goes on after the registry was away",
    "tests/monitoring/job/test_program.py": "model_monitoring.py as cron starts it, to the mail",
    "tests/monitoring/stats/performance/test_calibration.py": "the rules keep their error rates",
    "tests/serving/test_supervisor.py": "the real sync process follows the registry",
    "tests/test_bench_chaos.py": "seeded schedules of faults break no rule",
    "tests/test_end_to_end.py": "from a clean folder to a promotion under load, with real servers",
    "tests/test_environment_script.py": "an installation that was cut off is made anew",
    "tests/test_no_secret_is_kept.py": "no byte of databases and logs is a secret",
    "tests/test_no_secrets_in_history.py": "nor is any of the history",
    "tests/test_schedules.py": "the schedules of deploy/ start the job",
}


def is_slow(path: str) -> bool:
    """Whether the tests of a file, named from the root of the repository, are slow ones."""
    return any(path == slow or path.startswith(f"{slow}/") for slow in SLOW)
