"""Names of months, days of the week and time zones in dates, by their casefolded text."""

from __future__ import annotations

_NAMES = (
    "jan january janvier janv januar jänner ene enero gennaio gen",
    "feb february février fevrier févr fevr februar febr febrero febbraio",
    "mar march mars märz maerz mär mrz marzo",
    "apr april avril avr abr abril aprile",
    "may mai mayo maggio mag",
    "jun june juin juni junio giugno giu",
    "jul july juillet juil juli julio luglio lug",
    "aug august août aout ago agosto",
    "sep sept september septembre septiembre settembre set",
    "oct october octobre okt oktober octubre ottobre ott",
    "nov november novembre noviembre",
    "dec december décembre decembre déc dez dezember dic diciembre dicembre",
)
MONTHS = {name: month for month, names in enumerate(_NAMES, start=1) for name in names.split()}

_DAYS = (
    "mon tue tues wed thu thur thurs fri sat sun",
    "monday tuesday wednesday thursday friday saturday sunday",
    "lun mer jeu ven sam dim lundi mardi mercredi jeudi vendredi samedi dimanche",
    "mo di mi do fr sa so montag dienstag mittwoch donnerstag freitag samstag sonntag",
)
WEEKDAYS = frozenset(day for days in _DAYS for day in days.split())

# Hours before UTC are negative. Names that two countries use for unlike zones are those of the
# United States, whose sales these are.
ZONES = {
    **dict.fromkeys(("UTC", "GMT", "Z", "WET", "UT"), 0.0),
    **{"EST": -5.0, "EDT": -4.0, "CST": -6.0, "CDT": -5.0, "MST": -7.0, "MDT": -6.0},
    **{"PST": -8.0, "PDT": -7.0, "AKST": -9.0, "AKDT": -8.0, "HST": -10.0},
    **{"CET": 1.0, "CEST": 2.0, "WEST": 1.0, "EET": 2.0, "EEST": 3.0},
}
