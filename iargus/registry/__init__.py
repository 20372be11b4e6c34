"""The MLflow registry behind one adapter; nothing else in IArgus imports mlflow.

mlflow is imported inside functions, because that takes seconds and serving never needs it.
"""

from iargus.registry.registry import Registry
from iargus.registry.version import ModelVersion, TrainingRecord

__all__ = ["ModelVersion", "Registry", "TrainingRecord"]
