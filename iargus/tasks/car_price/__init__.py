"""The price of a used car in the United States: a kind of task, `kind: car_price`."""

from iargus.tasks.car_price.task import CarPrice

__all__ = ["CarPrice"]
