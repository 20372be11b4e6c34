"""Is a model still good enough, and is a challenger better? Pure."""
