"""What commands are made of: settings, catalogue, databases, each made when first asked for."""

from __future__ import annotations

import os
from functools import cached_property

from iargus.database import API, LABELLED, Database
from iargus.models.registry import Registry
from iargus.settings import Settings
from iargus.tasks.catalogue import Catalogue


class Stack:
    """The composition root of the command line and the monthly job."""

    @cached_property
    def settings(self) -> Settings:
        return Settings.read(os.environ)

    @cached_property
    def catalogue(self) -> Catalogue:
        return Catalogue.read(self.settings.policy)

    @cached_property
    def labelled(self) -> Database:
        return Database.connect(LABELLED, self.settings)

    @cached_property
    def api(self) -> Database:
        return Database.connect(API, self.settings)

    @cached_property
    def registry(self) -> Registry:
        return Registry.connect(self.settings)
