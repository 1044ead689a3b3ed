"""Link jobs to those that they begin with, find answers to equal requests, and finish early.

Pre-deploy.
"""

from __future__ import annotations

from alembic import op

revision = "0002_link_jobs"
down_revision = "0001_create_tables"
branch_labels = None
depends_on = None
# Processes of this release need it: they refuse a database that lacks it.
is_post_deploy = False

# Columns that may be empty, or are so by default: no table is written anew.
ADD_COLUMNS = """
ALTER TABLE jobs
    ADD COLUMN is_finish_requested boolean NOT NULL DEFAULT false,
    ADD COLUMN source_id text,
    ADD COLUMN relation text,
    ADD COLUMN cache_key text,
    ADD COLUMN seed bigint,
    ADD CONSTRAINT ck_jobs_relation CHECK (relation IN ('extended', 'forked', 'cached')),
    ADD CONSTRAINT ck_jobs_source CHECK ((source_id IS NULL) = (relation IS NULL)),
    ADD CONSTRAINT fk_jobs_jobs FOREIGN KEY (tenant_id, source_id)
        REFERENCES jobs (tenant_id, job_id)
"""

DROP_COLUMNS = """
ALTER TABLE jobs
    DROP COLUMN is_finish_requested,
    DROP COLUMN source_id,
    DROP COLUMN relation,
    DROP COLUMN cache_key,
    DROP COLUMN seed
"""

INDEX_CACHE = """
CREATE INDEX ix_jobs_cache ON jobs (tenant_id, cache_key, finished_at DESC)
WHERE status = 'succeeded' AND cache_key IS NOT NULL
"""

# A queued job may succeed without being run: by an earlier answer, or told to finish at once.
GUARD_JOB = """
CREATE OR REPLACE FUNCTION svend_guard_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('queued', 'running'), {succeeded}('queued', 'cancelled'), ('queued', 'expired'),
        ('queued', 'failed'),
        ('running', 'queued'), ('running', 'succeeded'), ('running', 'failed'),
        ('running', 'cancelled'), ('running', 'expired')
    ) THEN
        RAISE EXCEPTION 'a job that is % cannot become %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'svend_guard_job';
    END IF;
    IF NEW.epoch < OLD.epoch OR NEW.last_seq < OLD.last_seq OR NEW.version < OLD.version THEN
        RAISE EXCEPTION 'epoch, last_seq and version of a job never fall'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'svend_guard_job';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    op.execute(ADD_COLUMNS)
    op.execute(INDEX_CACHE)
    op.execute(GUARD_JOB.format(succeeded="('queued', 'succeeded'), "))


def downgrade() -> None:
    op.execute(GUARD_JOB.format(succeeded=""))
    op.execute("DROP INDEX ix_jobs_cache")
    op.execute(DROP_COLUMNS)
