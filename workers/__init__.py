"""Celery processes: claim a job, drive the engine, keep the lease, finish once."""
