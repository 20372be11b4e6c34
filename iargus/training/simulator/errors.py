"""What the simulator refuses."""


class SimulationError(ValueError):
    """The plan asks for something that cannot be simulated; the message says what and why."""
