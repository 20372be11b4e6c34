"""The estimator compiled to arrays: served with numpy alone."""
