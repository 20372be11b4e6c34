"""The API: `gunicorn -w 4 -k uvicorn.workers.UvicornWorker api:app`. Nothing connects at import."""

import os
import sys

import iargus.threads  # noqa: F401 - before scikit-learn is imported
from iargus.api.app import create_app
from iargus.api.container import Services
from iargus.errors import ConfigurationError
from iargus.logs import configure_logging
from iargus.settings import Settings

__all__ = ["app", "create_app"]

# gunicorn takes this status of a worker for "the application cannot be loaded", and stops
# instead of starting the worker again and again.
CANNOT_BE_LOADED = 4

try:
    _settings = Settings.read(os.environ)
    configure_logging(_settings.policy.log_level)
    app = create_app(Services(_settings))
except ConfigurationError as error:
    print(f"iargus: cannot start: {error}", file=sys.stderr)
    sys.exit(CANNOT_BE_LOADED)
