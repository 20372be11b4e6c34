"""Used-car sales in the United States, simulated: realistic, repeatable, and with drift on order.

`simulate(SimulationPlan(...))` gives one frame per month; `SCENARIOS` says what may go wrong.
"""

from iargus.training.simulator.scenarios import SCENARIOS, Scenario
from iargus.training.simulator.simulate import SimulationError, SimulationPlan, simulate

__all__ = ["SCENARIOS", "Scenario", "SimulationError", "SimulationPlan", "simulate"]
