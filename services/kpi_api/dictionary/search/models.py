"""Tables of the search: which words stand in which version, and which trigrams stand in which words.

Both are read through their primary keys alone. Their operators are leakproof, so PostgreSQL uses the keys under row-level security too.
"""

from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.rows import references
from kpi_api.database import Base

BY_CODE_POINT = Text(collation="C")
"""So that the words that begin with a word stand together, whatever the database's locale."""


class DefinitionWord(Base):
    """A folded word of a version, with the weight of the weightiest field it stands in. A version is never edited, so nor is this."""

    __tablename__ = "definition_words"
    __table_args__ = (
        references("definition_versions", "version_id"),
        Index("ix_definition_words_version", "organization_id", "version_id"),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(BY_CODE_POINT, primary_key=True)
    version_id: Mapped[UUID] = mapped_column(primary_key=True)
    weight: Mapped[int]


class WordTrigram(Base):
    """Three neighbouring characters of a word that stands in the organization's dictionary: words with a typing error share some."""

    __tablename__ = "word_trigrams"

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    trigram: Mapped[str] = mapped_column(BY_CODE_POINT, primary_key=True)
    word: Mapped[str] = mapped_column(BY_CODE_POINT, primary_key=True)
