"""Prepares what the tests need: the schema and tiny champions in the registry.

Against the embedded stores, or the servers that the environment names (`MYSQL_HOST`,
`MLFLOW_HOST`). Safe to run again: what is there stays.
"""

import os
import sys
from dataclasses import replace

from iargus.clock import utc_now
from iargus.errors import IArgusError
from iargus.logs import configure_logging
from iargus.operations.setup import FirstData, prepare
from iargus.operations.stack import Stack
from iargus.settings import Policy
from iargus.storage.migrate import upgrade

TINY = FirstData(car_rows=1_200, months=12)
PARITY_ROWS = 2_000


def main() -> int:
    """Prepare; 0 when every task has a champion."""
    os.environ.setdefault("IARGUS_VAR", "var/tests")
    configure_logging("warning")
    try:
        stack = Stack()
        stack.settings = replace(stack.settings, policy=_quick(stack.settings.policy))
        for database in (stack.labelled, stack.api):
            upgrade(database)
        missing = prepare(stack, today=utc_now().date(), progress=print, first=TINY)
    except IArgusError as error:
        print(f"setup_tests: {error}", file=sys.stderr)
        return 1
    for problem in missing:
        print(f"setup_tests: {problem}", file=sys.stderr)
    return 1 if missing else 0


def _quick(policy: Policy) -> Policy:
    """Bundles are compared on fewer rows: the tests of bundles themselves take more."""
    changed = {"parity_rows": PARITY_ROWS}
    tasks = {name: task.model_copy(update=changed) for name, task in policy.tasks.items()}
    return policy.model_copy(update={"tasks": tasks})


if __name__ == "__main__":
    sys.exit(main())
