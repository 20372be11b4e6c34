"""What can be set: the environment (places and secrets) and `config.yml` (policy)."""

from iargus.settings.environment import Environment
from iargus.settings.policy import Policy
from iargus.settings.settings import Settings

__all__ = ["Environment", "Policy", "Settings"]
