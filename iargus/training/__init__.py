"""From labelled rows to a registered model: split, measure, fit, pictures; and a simulator."""
