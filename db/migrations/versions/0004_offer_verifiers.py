"""Publish the verifiers that a caller may choose beside the strategies.

Pre-deploy.
"""

from __future__ import annotations

from alembic import op

revision = "0004_offer_verifiers"
down_revision = "0003_tool_jobs"
branch_labels = None
depends_on = None
# Processes of this release need it: they refuse a database that lacks it.
is_post_deploy = False

# A constant default: older workers may leave the column out, and then name none to choose from.
ADD_VERIFIERS = "ALTER TABLE catalogue ADD COLUMN verifiers jsonb NOT NULL DEFAULT '[]'"


def upgrade() -> None:
    op.execute(ADD_VERIFIERS)


def downgrade() -> None:
    op.execute("ALTER TABLE catalogue DROP COLUMN verifiers")
