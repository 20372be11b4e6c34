"""The price of a used car in the United States: the kind `car_price`; see `task.py`."""
