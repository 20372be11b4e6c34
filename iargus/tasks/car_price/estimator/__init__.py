"""Scikit-learn estimators of the tasks; they import nothing else of the project."""
