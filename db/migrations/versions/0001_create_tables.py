"""Create the tables, and the triggers that keep what must never change.

Pre-deploy.
"""

from __future__ import annotations

from alembic import op

revision = "0001_create_tables"
down_revision = None
branch_labels = None
depends_on = None
# Processes of this release need it: they refuse a database that lacks it.
is_post_deploy = False

TABLES = (
    "tenants",
    "jobs",
    "attempts",
    "events",
    "bodies",
    "model_calls",
    "results",
    "idempotency_keys",
    "api_keys",
    "catalogue",
    "workers",
)
FUNCTIONS = ("svend_guard_job", "svend_guard_result", "svend_guard_event")

CREATE_TENANTS = """
CREATE TABLE tenants (
    tenant_id text NOT NULL CONSTRAINT pk_tenants PRIMARY KEY,
    name text NOT NULL CONSTRAINT uq_tenants_name UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now()
)
"""

CREATE_JOBS = """
CREATE TABLE jobs (
    job_id text NOT NULL CONSTRAINT pk_jobs PRIMARY KEY,
    tenant_id text NOT NULL CONSTRAINT fk_jobs_tenants REFERENCES tenants (tenant_id),
    status text NOT NULL,
    outcome text,
    stop_reason text,
    problem_text text NOT NULL,
    strategy text NOT NULL,
    queue text NOT NULL,
    priority integer NOT NULL,
    metadata jsonb NOT NULL,
    budget jsonb NOT NULL,
    spent jsonb NOT NULL,
    error jsonb,
    answer_text text,
    confidence double precision,
    epoch integer NOT NULL DEFAULT 0,
    owner text,
    lease_until timestamptz,
    lease_ttl interval,
    attempts integer NOT NULL DEFAULT 0,
    max_attempts integer NOT NULL,
    last_seq integer NOT NULL,
    head_hash text NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    is_cancel_requested boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    progress_at timestamptz,
    finished_at timestamptz,
    published_at timestamptz,
    not_before timestamptz NOT NULL DEFAULT now(),
    start_by timestamptz,
    deadline_at timestamptz,
    retain_until timestamptz NOT NULL,
    purged_at timestamptz,
    CONSTRAINT uq_jobs_tenant_id_job_id UNIQUE (tenant_id, job_id),
    CONSTRAINT ck_jobs_status CHECK (
        status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired')
    ),
    CONSTRAINT ck_jobs_outcome CHECK (outcome IN ('verified', 'unverified', 'no_answer')),
    CONSTRAINT ck_jobs_stop_reason CHECK (
        stop_reason IN ('solved', 'budget', 'deadline', 'harvested', 'cancelled', 'error')
    ),
    CONSTRAINT ck_jobs_lease CHECK ((status = 'running') = (lease_until IS NOT NULL))
)
"""

INDEX_JOBS = (
    "CREATE INDEX ix_jobs_page ON jobs (tenant_id, created_at DESC, job_id DESC)",
    """
    CREATE INDEX ix_jobs_queued ON jobs (priority DESC, created_at, job_id)
    WHERE status = 'queued'
    """,
    "CREATE INDEX ix_jobs_running ON jobs (lease_until) WHERE status = 'running'",
    "CREATE INDEX ix_jobs_kept ON jobs (retain_until) WHERE purged_at IS NULL",
)

CREATE_ATTEMPTS = """
CREATE TABLE attempts (
    job_id text NOT NULL,
    attempt integer NOT NULL,
    tenant_id text NOT NULL,
    epoch integer NOT NULL,
    owner text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    end_reason text,
    CONSTRAINT pk_attempts PRIMARY KEY (job_id, attempt),
    CONSTRAINT fk_attempts_jobs FOREIGN KEY (tenant_id, job_id)
        REFERENCES jobs (tenant_id, job_id)
)
"""

CREATE_EVENTS = """
CREATE TABLE events (
    job_id text NOT NULL,
    seq integer NOT NULL,
    tenant_id text NOT NULL,
    type text NOT NULL,
    encoded bytea NOT NULL,
    hash text NOT NULL,
    committed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_events PRIMARY KEY (job_id, seq),
    CONSTRAINT ck_events_seq CHECK (seq >= 1),
    CONSTRAINT fk_events_jobs FOREIGN KEY (tenant_id, job_id)
        REFERENCES jobs (tenant_id, job_id)
)
"""

CREATE_BODIES = """
CREATE TABLE bodies (
    job_id text NOT NULL,
    digest text NOT NULL,
    tenant_id text NOT NULL,
    body bytea NOT NULL,
    CONSTRAINT pk_bodies PRIMARY KEY (job_id, digest),
    CONSTRAINT fk_bodies_jobs FOREIGN KEY (tenant_id, job_id)
        REFERENCES jobs (tenant_id, job_id)
)
"""

CREATE_MODEL_CALLS = """
CREATE TABLE model_calls (
    job_id text NOT NULL,
    memo_key text NOT NULL,
    tenant_id text NOT NULL,
    seq integer NOT NULL,
    epoch integer NOT NULL,
    trial_id text NOT NULL,
    status text NOT NULL,
    n_calls integer NOT NULL,
    tokens_in bigint NOT NULL,
    tokens_out bigint NOT NULL,
    tokens_cached bigint NOT NULL,
    CONSTRAINT pk_model_calls PRIMARY KEY (job_id, memo_key),
    CONSTRAINT fk_model_calls_jobs FOREIGN KEY (tenant_id, job_id)
        REFERENCES jobs (tenant_id, job_id)
)
"""

CREATE_RESULTS = """
CREATE TABLE results (
    job_id text NOT NULL,
    tenant_id text NOT NULL,
    epoch integer NOT NULL,
    outcome text NOT NULL,
    stop_reason text NOT NULL,
    encoded bytea NOT NULL,
    digest text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_results PRIMARY KEY (job_id),
    CONSTRAINT ck_results_outcome CHECK (outcome IN ('verified', 'unverified', 'no_answer')),
    CONSTRAINT ck_results_stop_reason CHECK (
        stop_reason IN ('solved', 'budget', 'deadline', 'harvested', 'cancelled', 'error')
    ),
    CONSTRAINT fk_results_jobs FOREIGN KEY (tenant_id, job_id)
        REFERENCES jobs (tenant_id, job_id)
)
"""

CREATE_IDEMPOTENCY_KEYS = """
CREATE TABLE idempotency_keys (
    tenant_id text NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    job_id text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_idempotency_keys PRIMARY KEY (tenant_id, key),
    CONSTRAINT fk_idempotency_keys_jobs FOREIGN KEY (tenant_id, job_id)
        REFERENCES jobs (tenant_id, job_id) DEFERRABLE INITIALLY DEFERRED
)
"""

INDEX_IDEMPOTENCY_KEYS = "CREATE INDEX ix_idempotency_keys_job_id ON idempotency_keys (job_id)"

CREATE_API_KEYS = """
CREATE TABLE api_keys (
    key_id text NOT NULL CONSTRAINT pk_api_keys PRIMARY KEY,
    tenant_id text NOT NULL CONSTRAINT fk_api_keys_tenants REFERENCES tenants (tenant_id),
    name text NOT NULL,
    mac bytea NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz
)
"""

INDEX_API_KEYS = "CREATE INDEX ix_api_keys_tenant_id ON api_keys (tenant_id)"

CREATE_CATALOGUE = """
CREATE TABLE catalogue (
    catalogue_id integer NOT NULL CONSTRAINT pk_catalogue PRIMARY KEY,
    serving jsonb NOT NULL,
    strategies jsonb NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ck_catalogue_single CHECK (catalogue_id = 1)
)
"""

CREATE_WORKERS = """
CREATE TABLE workers (
    name text NOT NULL CONSTRAINT pk_workers PRIMARY KEY,
    seen_at timestamptz NOT NULL DEFAULT now(),
    capacity integer NOT NULL,
    busy integer NOT NULL
)
"""

# A terminal state absorbs, whoever writes; the fence, the log and the version only grow.
GUARD_JOB = """
CREATE FUNCTION svend_guard_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('queued', 'running'), ('queued', 'cancelled'), ('queued', 'expired'),
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

# A result is written once, and deleted only when its time of retention is over.
GUARD_RESULT = """
CREATE FUNCTION svend_guard_result() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT FROM jobs WHERE jobs.job_id = OLD.job_id AND jobs.retain_until <= now()
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'a result never changes'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'svend_guard_result';
END $$
"""

GUARD_EVENT = """
CREATE FUNCTION svend_guard_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the event log is append-only'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'svend_guard_event';
END $$
"""

TRIGGERS = (
    """
    CREATE TRIGGER guard BEFORE UPDATE ON jobs
    FOR EACH ROW EXECUTE FUNCTION svend_guard_job()
    """,
    """
    CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON results
    FOR EACH ROW EXECUTE FUNCTION svend_guard_result()
    """,
    """
    CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION svend_guard_event()
    """,
)


def upgrade() -> None:
    for statement in (
        CREATE_TENANTS,
        CREATE_JOBS,
        *INDEX_JOBS,
        CREATE_ATTEMPTS,
        CREATE_EVENTS,
        CREATE_BODIES,
        CREATE_MODEL_CALLS,
        CREATE_RESULTS,
        CREATE_IDEMPOTENCY_KEYS,
        INDEX_IDEMPOTENCY_KEYS,
        CREATE_API_KEYS,
        INDEX_API_KEYS,
        CREATE_CATALOGUE,
        CREATE_WORKERS,
        GUARD_JOB,
        GUARD_RESULT,
        GUARD_EVENT,
        *TRIGGERS,
    ):
        op.execute(statement)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}()")
