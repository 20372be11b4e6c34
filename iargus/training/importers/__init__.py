"""Labelled data from files: read, mapped, checked by the task's own rules, added once."""

from iargus.training.importers.cars import CarColumns
from iargus.training.importers.examples import ExampleColumns
from iargus.training.importers.load import ImportSummary, import_file
from iargus.training.importers.records import FileOptions

__all__ = ["CarColumns", "ExampleColumns", "FileOptions", "ImportSummary", "import_file"]
