"""Estimators that scikit-learn serves answer in processes beside the worker, not within it."""
