"""How Sphinx builds the site: `make docs`. Every asset is local; nothing is fetched."""

import sys
from importlib.metadata import version as version_of
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

project = "IArgus"
author = "The IArgus authors"
project_copyright = "the IArgus authors, MIT licence"
release = version = version_of("iargus")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "scripts.reference.extension",
]
exclude_patterns = ["_build"]
# A word in a docstring may be the name of several attributes.
suppress_warnings = ["myst.xref_ambiguous", "ref.python"]
# What the libraries document elsewhere; a site that is built offline has no inventories of theirs.
nitpick_ignore_regex = [(r"py:.*", r".*")]

myst_heading_anchors = 4
myst_enable_extensions = ["deflist"]
autodoc_typehints = "signature"
autodoc_class_signature = "separated"
autodoc_preserve_defaults = True
autodoc_type_aliases = {"ArrayLike": "numpy.typing.ArrayLike"}
default_role = "code"
viewcode_follow_imported_members = False
napoleon_numpy_docstring = False
napoleon_use_ivar = True
napoleon_custom_sections = [("Class attributes that a kind sets", "params_style")]

html_theme = "furo"
html_title = "IArgus"
html_show_sourcelink = False
html_copy_source = False
html_static_path: list[str] = []
