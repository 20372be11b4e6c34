"""From an estimator to a compiled predictor, with the proof that both say the same."""
