"""The composition root of commands: settings, catalogue, databases, registry, each made at its
first use."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

# Each part imports what it needs: SQLAlchemy, pandas and MLflow take seconds that other commands
# can spare.
if TYPE_CHECKING:
    from iargus.registry import Registry
    from iargus.settings import Settings
    from iargus.storage.database import Database
    from iargus.tasks.catalogue import Catalogue


class Stack:
    """The composition root of the command line and the monthly job."""

    @cached_property
    def settings(self) -> Settings:
        from iargus.settings import Settings

        return Settings.read(os.environ)

    @cached_property
    def catalogue(self) -> Catalogue:
        from iargus.tasks.catalogue import Catalogue

        return Catalogue.read(self.settings.policy)

    @cached_property
    def labelled(self) -> Database:
        from iargus.storage.database import LABELLED, Database

        return Database.connect(LABELLED, self.settings)

    @cached_property
    def api(self) -> Database:
        from iargus.storage.database import API, Database

        return Database.connect(API, self.settings)

    @cached_property
    def registry(self) -> Registry:
        from iargus.registry import Registry

        return Registry.connect(self.settings)
