"""Let a job be the call of a tool, and publish the tools beside the strategies.

Pre-deploy.
"""

from __future__ import annotations

from alembic import op

revision = "0003_tool_jobs"
down_revision = "0002_link_jobs"
branch_labels = None
depends_on = None
# Processes of this release need it: they refuse a database that lacks it.
is_post_deploy = False

# Columns with a constant default: no table is written anew, and older programs may leave them out.
ADD_TYPE = """
ALTER TABLE jobs
    ADD COLUMN type text NOT NULL DEFAULT 'solve',
    ADD CONSTRAINT ck_jobs_type CHECK (type IN ('solve', 'tool'))
"""

ADD_TOOLS = "ALTER TABLE catalogue ADD COLUMN tools jsonb NOT NULL DEFAULT '[]'"


def upgrade() -> None:
    op.execute(ADD_TYPE)
    op.execute(ADD_TOOLS)


def downgrade() -> None:
    op.execute("ALTER TABLE catalogue DROP COLUMN tools")
    op.execute("ALTER TABLE jobs DROP COLUMN type")
