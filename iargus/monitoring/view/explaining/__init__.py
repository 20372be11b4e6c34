"""A judged month in words, from its record: why this verdict, what was seen, done and is to do.

Everything here takes documents as `TaskOutcome.to_json` writes them. Those of older versions lack
what was not known then; what is missing is passed over, never invented. Pure.
"""

from iargus.monitoring.view.explaining.explain import Paragraph, explain

__all__ = ["Paragraph", "explain"]
