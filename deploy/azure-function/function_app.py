"""Azure Functions timer for the monthly run: it starts `model_monitoring.py` and nothing else.

Daily, not monthly: the program knows which months are judged and does nothing when none is due,
so a day on which Azure, the database or the registry was down is made good on the next. For the
same reason there is no retry policy: tomorrow's run is the retry.
"""

import logging
import os
import subprocess
import sys
from pathlib import Path

import azure.functions as func

PROGRAM = Path(__file__).with_name("model_monitoring.py")
SCHEDULE = "0 15 3 * * *"  # second minute hour day month weekday, in UTC: every day at 03:15

app = func.FunctionApp()


@app.timer_trigger(schedule=SCHEDULE, arg_name="timer", run_on_startup=False, use_monitor=True)
def monthly_monitoring(timer: func.TimerRequest) -> None:
    """Run the program to its end, its output into the log; a status other than 0 is a failure."""
    if timer.past_due:
        logging.warning("the timer is late; the run makes good what was missed")
    # A process of its own: what it loads is gone from memory when it ends. The host has put the
    # installed packages on the path of this process only, so the child is told.
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(
        [sys.executable, "-u", str(PROGRAM), "--json"],
        cwd=PROGRAM.parent,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as run:
        assert run.stdout is not None
        for line in run.stdout:
            logging.info("%s", line.rstrip())
    if run.returncode != 0:
        raise RuntimeError(f"the monthly run ended with status {run.returncode}; see its log above")
