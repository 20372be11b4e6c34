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
from iargus.tasks.car_price.estimator.grouping import distinct, group_folds
from iargus.tasks.car_price.estimator.known_names import KnownNames, tokens
from iargus.tasks.car_price.estimator.name_words import fit_words, numeric_column
from iargus.tasks.car_price.estimator.names import RANKS, WORTHS, CarNames

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]
Words = tuple[dict[str, float], dict[str, float]]

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
        names = self.names()
        # Many rows have few names: each is looked up once.
        pairs, at = distinct(zip(X["make"], X["model"], strict=True))
        return np.column_stack([_states(X, names), _read(names, pairs)[at]])

    def fit_transform(
        self, X: pd.DataFrame, y: npt.ArrayLike | None = None, **_: Any
    ) -> FloatArray:
        """Fit on all rows; the levels of each row come from a fit on the other folds."""
        if y is None:
            raise ValueError("the encoder needs prices")
        encoded = self.fit(X, y).transform(X)
        log_price = np.log(np.asarray(y, float))
        known = self.names().known
        pairs, at = distinct(zip(X["make"], X["model"], strict=True))
        found = [known.find(*pair) for pair in pairs]
        bags = _Cars.read(X).bags()
        for inside, outside in group_folds(X[["make", "model", "year", "mileage"]], self.cv):
            names = self.names(self._fit_words(X, bags, log_price, inside))
            levels = np.array([names.worth(name) for name in found]).reshape(-1, 2)
            encoded[outside, 3:5] = levels[at[outside]]
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
        encoded[:, 0] = _states(X, self.names())
        for inside, outside in _hiding(cars.makes if what == "make" else cars.keys):
            names = self.names(
                self._fit_words(X, bags, log_price, inside),
                makes={cars.makes[i] for i in inside},
                models={cars.keys[i] for i in inside},
            )
            places, back = np.unique(at[outside], return_inverse=True)
            encoded[outside, 1:] = _read(names, [pairs[place] for place in places])[back]
        return encoded

    def names(
        self,
        words: Words | None = None,
        *,
        makes: set[str] | None = None,
        models: set[str] | None = None,
    ) -> CarNames:
        """Return what reads names: with other ``words`` than the fitted ones, and finding those of
        ``makes`` and ``models`` only, where given."""
        ranks = {table: getattr(self, f"{table}_") for table in RANKS}
        fitted = {table: getattr(self, f"{table}_") for table in WORTHS}
        worths = fitted if words is None else dict(zip(WORTHS, words, strict=True))
        its_makes, its_models = (
            its if chosen is None else {name: its[name] for name in its if name in chosen}
            for its, chosen in ((self.make_ranks_, makes), (self.model_ranks_, models))
        )
        spelt = {key: self.model_words_[key] for key in its_models}
        return CarNames(ranks, worths, KnownNames(its_makes, its_models, spelt))

    def unknown(self, X: pd.DataFrame) -> list[tuple[str, ...]]:
        """Return which of ``make``, ``model`` and ``state`` of each row were never seen."""
        names = self.names()
        pairs, at = distinct(zip(X["make"], X["model"], strict=True))
        found = [names.known.find(*pair).unknown for pair in pairs]
        return [
            found[place] if names.knows_state(state) else (*found[place], "state")
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


def _read(names: CarNames, pairs: Sequence[Any]) -> FloatArray:
    """Codes of make and model, level, slope and trust of (n,) names."""
    read = (names.car(*pair) for pair in pairs)
    return np.array([(*name.columns, name.trust) for name in read], np.float64).reshape(-1, 5)


def _states(X: pd.DataFrame, names: CarNames) -> FloatArray:
    states, at = distinct(_column(X, "state"))
    return np.array([names.state(state) for state in states], dtype=np.float64)[at]


def _column(X: pd.DataFrame, name: str) -> list[Any]:
    return list(X[name]) if name in X else [None] * len(X)


def _ranks(names: Sequence[str], min_rows: int) -> dict[str, int]:
    ranked = sorted(Counter(filter(None, names)).items(), key=lambda item: (-item[1], item[0]))
    return {name: i for i, (name, n) in enumerate(ranked) if n >= min_rows}
