"""The `svend` command: a thin client of the HTTP API, and the way to the local stack."""
