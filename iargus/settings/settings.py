"""Environment and policy together, as the composition roots pass them inwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from iargus.settings.environment import Environment
from iargus.settings.policy import Policy


@dataclass(frozen=True)
class Settings:
    """Environment and policy, and the places under `var/` that follow from them."""

    environment: Environment
    policy: Policy

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Settings:
        """Read the environment and the `config.yml` that it names.

        Raises:
            ConfigurationError: either is invalid.
        """
        environment = Environment.read(environ)
        return cls(environment, Policy.read(environment.config_path))

    @property
    def var_dir(self) -> Path:
        return self.environment.var_dir

    @property
    def reports_dir(self) -> Path:
        """Where monitoring keeps its reports: a page for each task and month."""
        return self.var_dir / "reports"

    @property
    def metrics_dir(self) -> Path:
        """Where every process of this host counts what the metrics tell."""
        return self.var_dir / "metrics"

    @property
    def models_dir(self) -> Path:
        """Where the versions that are served lie."""
        return self.var_dir / "models"

    @property
    def key_file(self) -> Path:
        """Where the signing key lies when `IARGUS_JWT_KEYS` is unset."""
        return self.var_dir / "jwt.key"

    @property
    def ring_file(self) -> Path:
        """Where the last known signing keys lie, wrapped, for a start without the database."""
        return self.var_dir / "signing-keys.json"

    @property
    def bundle_key_file(self) -> Path:
        """Where the key that signs models lies when `IARGUS_BUNDLE_KEYS` is unset."""
        return self.var_dir / "bundle.key"

    @property
    def revocation_file(self) -> Path:
        """Where the workers keep the revoked tokens for a start without the database."""
        return self.var_dir / "revoked.json"

    @property
    def mlflow_uri(self) -> str:
        return self.environment.mlflow_uri or f"sqlite:///{self.var_dir / 'mlflow.db'}"
