"""The categorical encoder of cars: names, known or not, to codes and to a price level."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from iargus.tasks.car_price.canonical import canonical_make, canonical_state, model_words
from iargus.tasks.car_price.estimator.distinct import distinct
from iargus.tasks.car_price.estimator.folds import group_folds
from iargus.tasks.car_price.estimator.known_names import (
    NOTHING,
    Found,
    KnownNames,
    tokens,
    unknown_state,
    worth,
)
from iargus.tasks.car_price.estimator.name_words import fit_words, numeric_column

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]
Words = tuple[dict[str, float], dict[str, float]]

MAX_CODES = 254  # a histogram of 255 bins keeps one for "missing"
COLUMNS = ("state", "make", "model", "name_level", "name_slope", "trust")
HIDING_FOLDS = 8
_FEWEST_ROWS = 30  # from which the words of other names are worth anything


class NameEncoder(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Encode ``state, make, model`` of cars; ``transform`` gives an (n, 6) array of floats.

    Columns: code of the state, of the make, of the model (NaN where unknown, missing or too rare;
    a column in which nothing is known is 0), then the price level of the name and its change with
    age, both in log dollars: the sum of the ridge coefficients (Hoerl & Kennard, 1970) of the
    tokens of the name, net of age and mileage. A name that is not known is read as the known one
    that it resembles, and the last column, ``trust``, says how far it is from being known, see
    `KnownNames`.

    ``fit`` needs ``year`` and ``mileage`` as well, and prices in dollars > 0. ``fit_transform``
    gives every row a level fitted without it (cross-fitting; Micci-Barreca, 2001, names the leak).
    """

    def __init__(self, min_rows: int = 5, alpha: float = 3.0, cv: int = 5) -> None:
        self.min_rows = min_rows
        self.alpha = alpha
        self.cv = cv

    def fit(self, X: pd.DataFrame, y: npt.ArrayLike) -> Self:
        """Learn which names there are (ranks of the most frequent first) and what tokens are
        worth."""
        cars = _Cars.read(X)
        rows = min(self.min_rows, max(1, len(X) // 100))
        states = _column(X, "state")
        self.state_codes_ = _ranks([canonical_state(state) for state in states], rows)
        self.make_ranks_ = _ranks(cars.makes, rows)
        self.model_ranks_ = _ranks(cars.keys, rows)
        self.model_words_ = {
            key: words
            for key, words in zip(reversed(cars.keys), reversed(cars.spelt), strict=True)
            if key in self.model_ranks_
        }
        self.newest_year_ = float(np.nanmax(numeric_column(X, "year"), initial=0.0)) or 2000.0
        every = np.arange(len(X))
        log_price = np.log(np.asarray(y, float))
        self.word_level_, self.word_slope_ = self._fit_words(X, cars.bags(), log_price, every)
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X: pd.DataFrame) -> FloatArray:
        """Encode the rows of ``X``."""
        check_is_fitted(self, "model_ranks_")
        # Many rows have few names: each is looked up once.
        pairs, at = distinct(zip(X["make"], X["model"], strict=True))
        names = self.known_names()
        found = [names.find(*pair) for pair in pairs]
        codes = self._codes(found)
        levels = _levels(found, (self.word_level_, self.word_slope_))
        return np.column_stack([self._states(X), codes[at], levels[at], _trust(found)[at]])

    def fit_transform(
        self, X: pd.DataFrame, y: npt.ArrayLike | None = None, **_: Any
    ) -> FloatArray:
        """Fit on all rows; the levels of each row come from a fit on the other folds."""
        if y is None:
            raise ValueError("the encoder needs prices")
        encoded = self.fit(X, y).transform(X)
        log_price = np.log(np.asarray(y, float))
        names = self.known_names()
        pairs, at = distinct(zip(X["make"], X["model"], strict=True))
        found = [names.find(*pair) for pair in pairs]
        bags = _Cars.read(X).bags()
        for inside, outside in group_folds(X[["make", "model", "year", "mileage"]], self.cv):
            words = self._fit_words(X, bags, log_price, inside)
            encoded[outside, 3:5] = _levels(found, words)[at[outside]]
        return encoded

    def hidden(
        self, X: pd.DataFrame, y: npt.ArrayLike, what: Literal["make", "model"]
    ) -> FloatArray:
        """Return the (n, 6) columns of the training rows as if the make, or the model, of each had
        never been seen: read by the names, and with the words, of the other folds."""
        cars, log_price = _Cars.read(X), np.log(np.asarray(y, float))
        bags = cars.bags()
        pairs, at = distinct(zip(X["make"], X["model"], strict=True))
        encoded = np.empty((len(X), len(COLUMNS)))
        encoded[:, 0] = self._states(X)
        for inside, outside in _hiding(cars.makes if what == "make" else cars.keys):
            words = self._fit_words(X, bags, log_price, inside)
            names = self.known_names(
                makes={cars.makes[i] for i in inside}, models={cars.keys[i] for i in inside}
            )
            places, back = np.unique(at[outside], return_inverse=True)
            found = [names.find(*pairs[place]) for place in places]
            encoded[outside, 1:3] = self._codes(found)[back]
            encoded[outside, 3:5] = _levels(found, words)[back]
            encoded[outside, 5] = _trust(found)[back]
        return encoded

    def known_names(
        self, makes: set[str] | None = None, models: set[str] | None = None
    ) -> KnownNames:
        """Return what finds names, of those of ``makes`` and ``models`` only where given."""
        ranks = self.model_ranks_
        chosen = ranks if models is None else {key: ranks[key] for key in ranks if key in models}
        its = self.make_ranks_
        return KnownNames(
            its if makes is None else {make: its[make] for make in its if make in makes},
            chosen,
            {key: self.model_words_[key] for key in chosen},
        )

    def unknown(self, X: pd.DataFrame) -> list[tuple[str, ...]]:
        """Return which of ``make``, ``model`` and ``state`` of each row were never seen."""
        names = self.known_names()
        pairs, at = distinct(zip(X["make"], X["model"], strict=True))
        found = [names.find(*pair).unknown for pair in pairs]
        return [
            (*found[place], "state") if unknown_state(state, self.state_codes_) else found[place]
            for place, state in zip(at.tolist(), _column(X, "state"), strict=True)
        ]

    def _fit_words(
        self, X: pd.DataFrame, bags: list[list[str]], log_price: FloatArray, rows: IndexArray
    ) -> Words:
        if len(rows) < _FEWEST_ROWS:
            return {}, {}
        age = self.newest_year_ - numeric_column(X, "year")
        miles = numeric_column(X, "mileage")
        its = [bags[row] for row in rows.tolist()]
        return fit_words(its, age[rows], miles[rows], log_price[rows], alpha=self.alpha)

    def _states(self, X: pd.DataFrame) -> FloatArray:
        states, at = distinct(_column(X, "state"))
        codes = [self.state_codes_.get(canonical_state(state)) for state in states]
        return _floats(codes, bool(self.state_codes_))[at]

    def _codes(self, found: list[Found]) -> FloatArray:
        makes = [
            self.make_ranks_.get(name.make) if name.trust < NOTHING else None for name in found
        ]
        models = [self.model_ranks_.get(name.key) for name in found]
        return np.column_stack(
            [_floats(makes, bool(self.make_ranks_)), _floats(models, bool(self.model_ranks_))]
        )


class _Cars(NamedTuple):
    """Canonical makes, keys of models and their words, each (n,)."""

    makes: list[str]
    keys: list[str]
    spelt: list[str]

    @classmethod
    def read(cls, X: pd.DataFrame) -> "_Cars":
        pairs, at = distinct(zip(X["make"], X["model"], strict=True))
        makes = [canonical_make(make) for make, _ in pairs]
        words = [model_words(make, model) for make, (_, model) in zip(makes, pairs, strict=True)]
        keys = [f"{m} {''.join(w)}" if m and w else "" for m, w in zip(makes, words, strict=True)]
        spelt = [" ".join(each) for each in words]
        places = at.tolist()
        return cls(*([column[place] for place in places] for column in (makes, keys, spelt)))

    def bags(self) -> list[list[str]]:
        known: dict[tuple[str, str], list[str]] = {}
        return [
            known[pair]
            if pair in known
            else known.setdefault(pair, tokens(pair[0], pair[1].split()))
            for pair in zip(self.makes, self.spelt, strict=True)
        ]


def _hiding(names: Sequence[str]) -> Iterator[tuple[IndexArray, IndexArray]]:
    """Rows ``(inside, outside)`` such that no name of the outside is inside; frequent names are
    dealt out in turn, so that the folds are of about one size."""
    ranked = sorted(Counter(names).items(), key=lambda item: (-item[1], item[0]))
    folds = min(HIDING_FOLDS, len(ranked))
    fold_of = {name: number % folds for number, (name, _) in enumerate(ranked)}
    fold = np.array([fold_of[name] for name in names])
    for number in range(folds):
        yield np.flatnonzero(fold != number), np.flatnonzero(fold == number)


def _levels(found: list[Found], words: Words) -> FloatArray:
    bags = [tokens(name.make, name.words) for name in found]
    return np.array([[worth(bag, table) for table in words] for bag in bags]).reshape(-1, 2)


def _trust(found: list[Found]) -> FloatArray:
    return np.array([name.trust for name in found], dtype=np.float64)


def _column(X: pd.DataFrame, name: str) -> list[Any]:
    return list(X[name]) if name in X else [None] * len(X)


def _ranks(names: Sequence[str], min_rows: int) -> dict[str, int]:
    ranked = sorted(Counter(filter(None, names)).items(), key=lambda item: (-item[1], item[0]))
    return {name: i for i, (name, n) in enumerate(ranked) if n >= min_rows}


def _floats(found: Sequence[int | None], any_known: bool) -> FloatArray:
    # Trees refuse a categorical column without any category, hence the 0; and one of too many.
    if not any_known:
        return np.zeros(len(found))
    return np.array(
        [np.nan if code is None or code >= MAX_CODES else code for code in found], dtype=np.float64
    )
