"""`iargus simulate`: labelled data where there is none yet."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated

import typer

from iargus.cli.console import progress_bar
from iargus.clock import utc_now
from iargus.errors import ConfigurationError
from iargus.operations.stack import Stack

app = typer.Typer(help="Simulate labelled data.", no_args_is_help=True)


@app.command("cars")
def simulate_cars(
    rows: Annotated[
        int, typer.Option(max=100_000_000, help="How many sales, over all months.")
    ] = 24_000,
    months: Annotated[int, typer.Option(help="How many calendar months.")] = 24,
    end: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m"],
            help="The last month of sales, YYYY-MM; the month before this one if unset.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same sales.")] = 0,
    scenario: Annotated[
        str,
        typer.Option(
            help="The scenario of the newest months: none, price-shock, new-models, "
            "mileage-in-km or gradual-inflation."
        ),
    ] = "none",
    drift_months: Annotated[int, typer.Option(help="How many months the scenario lasts.")] = 1,
    task: Annotated[str, typer.Option(help="The task that learns from the sales.")] = "car_price",
) -> None:
    """Add simulated sales of used cars. The same plan is never added twice."""
    from iargus.storage.labelled.store import LabelledStore
    from iargus.tasks.base import Storage
    from iargus.training.seed import add_simulation
    from iargus.training.simulator import SimulationError, SimulationPlan

    stack = Stack()
    chosen = stack.catalogue.get(task)
    if chosen.storage is not Storage.CAR_DETAILS:
        raise ConfigurationError(f"the task {task} does not learn from sales of cars")
    try:
        plan = SimulationPlan(
            rows=rows,
            months=months,
            end=_after(end),
            seed=seed,
            scenario=scenario,
            drift_months=drift_months,
        )
    except SimulationError as error:
        raise ConfigurationError(str(error)) from None
    with progress_bar(f"Simulating {months} months", total=months) as advance:
        added = add_simulation(plan, LabelledStore(chosen, stack.labelled), progress=advance)
    typer.echo(f"{added:,} added, {plan.rows - added:,} already there")


def _after(last: datetime | None) -> date:
    """The first day that is no longer simulated."""
    today = utc_now().date()
    if last is None:
        return today.replace(day=1)
    if (last.year, last.month) >= (today.year, today.month):
        # Rows dated later than today would reach no month, and every training.
        raise ConfigurationError(
            f"--end {last:%Y-%m} is not over; the last month that is, is "
            f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"
        )
    return date(last.year + last.month // 12, last.month % 12 + 1, 1)
