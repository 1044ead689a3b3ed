"""gunicorn's way in: ``gunicorn -c python:api.gunicorn_config api.wsgi:app``."""

from __future__ import annotations

import os

from api.bootstrap import bootstrap

app = bootstrap(os.environ)
