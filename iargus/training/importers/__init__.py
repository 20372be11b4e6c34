"""Labelled data from files: read, mapped, checked by the task's own rules, added once."""

from iargus.training.importers.cars import CarColumns
from iargus.training.importers.examples import ExampleColumns
from iargus.training.importers.load import ImportSummary, import_file
from iargus.training.importers.rejected import AllowedRejections, ImportRefused

__all__ = [
    "AllowedRejections",
    "CarColumns",
    "ExampleColumns",
    "ImportRefused",
    "ImportSummary",
    "import_file",
]
