"""The words of definitions to search by, what definitions were merged into, and differences stated between ones that look alike."""

import sqlalchemy as sa
from alembic import op

from chassis.row_security import secure_tables

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLES = ["definition_words", "word_trigrams", "stated_differences"]


def upgrade() -> None:
    _create_words()
    _create_stated_differences()
    op.add_column("kpi_definitions", sa.Column("merged_into_id", sa.Uuid(), nullable=True))
    op.add_column("kpi_definitions", sa.Column("merge_note", sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f("fk_kpi_definitions_organization_id_merged_into_id"),
        "kpi_definitions",
        "kpi_definitions",
        ["organization_id", "merged_into_id"],
        ["organization_id", "id"],
    )
    for statement in secure_tables(TABLES):
        op.execute(statement)


def _create_words() -> None:
    op.create_table(
        "definition_words",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "version_id"],
            ["definition_versions.organization_id", "definition_versions.id"],
            name=op.f("fk_definition_words_organization_id_version_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "word", "version_id", name=op.f("pk_definition_words")),
    )
    op.create_index("ix_definition_words_version", "definition_words", ["organization_id", "version_id"])
    op.create_table(
        "word_trigrams",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("trigram", sa.Text(collation="C"), nullable=False),
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "trigram", "word", name=op.f("pk_word_trigrams")),
    )


def _create_stated_differences() -> None:
    columns = ("first_id", "second_id", "first_version_id", "second_version_id")
    op.create_table(
        "stated_differences",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in columns),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("stated_by", sa.Text(), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_stated_differences_in_order")),
        *(_refers(name) for name in columns),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_stated_differences")),
        sa.UniqueConstraint(
            "organization_id", "first_id", "second_id", name=op.f("uq_stated_differences_organization_id_first_id_second_id")
        ),
    )


def _refers(name: str) -> sa.ForeignKeyConstraint:
    table = "definition_versions" if "version" in name else "kpi_definitions"
    return sa.ForeignKeyConstraint(
        ["organization_id", name],
        [f"{table}.organization_id", f"{table}.id"],
        name=op.f(f"fk_stated_differences_organization_id_{name}"),
    )


def downgrade() -> None:
    op.drop_column("kpi_definitions", "merge_note")
    op.drop_column("kpi_definitions", "merged_into_id")
    for table in reversed(TABLES):
        op.drop_table(table)
