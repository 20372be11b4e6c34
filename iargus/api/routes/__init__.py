"""The routes, one file for each group, and the endpoints behind them."""
