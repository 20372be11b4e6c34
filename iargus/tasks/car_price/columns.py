"""The columns of a car, declared once.

Requests, recorded predictions, labelled rows, imports, drift features, canaries, synthetic rows and
the columns of the trees follow from them. The input model `Car` has a field for each.
"""

from typing import Any

NAMES = ("state", "make", "model")
# Numbers that every version of the model knows.
NUMBERS = ("year", "mileage")
# Numbers that were added since, which may be missing: a version was trained with them or it does
# not look at them, and the trees take them as they are.
FURTHER_NUMBERS: tuple[str, ...] = ()
FEATURES = (*NAMES, *NUMBERS, *FURTHER_NUMBERS)

# What `PricingFeatures` makes of a car, in order; further numbers follow. The trees see a curve in
# the place of the trust.
AGE, MILEAGE, STATE, MAKE, MODEL, LEVEL, SLOPE, TRUST = range(8)
CURVE = TRUST

PLACEHOLDER_BELOW = 100.0  # miles


def is_placeholder(mileage: Any, year: Any, sold_in: Any) -> Any:
    """Whether a mileage stands for one that nobody wrote down: below 100 miles, on a car whose
    model year had passed when it was for sale. Dealers leave such fields at 0, 1 or 10.

    Numbers or arrays of them; False where a value is NaN. Imports and trainings share this rule.

    >>> is_placeholder(0, 2012, 2018), is_placeholder(40, 2018, 2018)
    (True, False)
    """
    return (mileage < PLACEHOLDER_BELOW) & (year < sold_in)
