"""The report of one task in one run: a single HTML page, made from recorded facts alone."""

from iargus.monitoring.view.report.page import render_report

__all__ = ["render_report"]
