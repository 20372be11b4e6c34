"""The fitted side of a price: features and estimators; they import nothing else of the project."""
