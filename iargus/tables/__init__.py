"""Tables in files, whatever their format: one reader for imports and for comparisons.

A format is recognised by what a file holds; its name only decides where the content leaves it
open. Nothing is guessed in silence: `Table.understood` says what was found.
"""

from iargus.tables.opening import open_table
from iargus.tables.table import NameColumns, Record, Table, TableOptions

__all__ = ["NameColumns", "Record", "Table", "TableOptions", "open_table"]
