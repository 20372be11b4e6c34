"""Types that skops must be told to trust when it loads a fitted pipeline of ours, by name.

Names only: who serves reads them with the tasks, and imports no scikit-learn.
"""

# The last three are inside scikit-learn's boosted trees: the nodes, and the check of the input
# before the codes.
CAR_PRICE_TRUSTED_TYPES = (
    "iargus.estimators.monotone_price.MonotonePriceRegressor",
    "iargus.estimators.name_encoder.NameEncoder",
    "iargus.estimators.pricing_features.PricingFeatures",
    "iargus.estimators.smooth_pinball.SmoothPinball",
    # Of versions that an earlier release registered.
    "iargus.estimators.car_encoder.CarEncoder",
    "iargus.estimators.car_features.CarFeatures",
    "iargus.estimators.conformal_price.ConformalPriceRegressor",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.utils.validation.check_array",
    "functools.partial",
)

TEXT_INTENT_TRUSTED_TYPES = (
    "iargus.estimators.intent_classifier.IntentClassifier",
    "iargus.estimators.ngrams.NgramTfidf",
    "iargus.estimators.text.TextNormaliser",
)
