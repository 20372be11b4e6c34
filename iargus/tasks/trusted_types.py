"""Types that skops must be told to trust when it loads a fitted pipeline of ours, by name.

Names only: who serves reads them with the tasks, and imports no scikit-learn.
"""

# The last three are inside scikit-learn's boosted trees: the nodes, and the check of the input
# before the codes.
CAR_PRICE_TRUSTED_TYPES = (
    "iargus.tasks.car_price.estimator.monotone_price.MonotonePriceRegressor",
    "iargus.tasks.car_price.estimator.name_encoder.NameEncoder",
    "iargus.tasks.car_price.estimator.pricing_features.PricingFeatures",
    "iargus.compiled.smooth_pinball.SmoothPinball",
    # Of versions that an earlier release registered.
    "iargus.tasks.car_price.estimator.encoder.CarEncoder",
    "iargus.tasks.car_price.estimator.features.CarFeatures",
    "iargus.tasks.car_price.estimator.conformal.ConformalPriceRegressor",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.utils.validation.check_array",
    "functools.partial",
)

TEXT_INTENT_TRUSTED_TYPES = (
    "iargus.tasks.text_intent.classifier.IntentClassifier",
    "iargus.tasks.text_intent.ngrams.NgramTfidf",
    "iargus.tasks.text_intent.pipeline.TextNormaliser",
)
