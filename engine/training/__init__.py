"""How the project's own models are made. Never imported when serving."""
