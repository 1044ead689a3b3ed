"""The stack is ready once a worker of this start has said what can be run, and not before."""

from __future__ import annotations

import pytest

from db.catalogue import CatalogueStore
from db.engine import create_engine
from engine.domain.pins import Serving
from ops.errors import StackError
from ops.parts import NewCatalogue

SERVING = Serving(
    model="tiny@abc",
    model_fingerprint="abc",
    profile="chat",
    prompt_ids={"solve": "chat/solve@1"},
    canonicaliser="keys@1",
    calibrator="none",
)


@pytest.fixture
def store(make_database, migrated_template):
    engine = create_engine(make_database(migrated_template), pool_size=1)
    yield CatalogueStore(engine)
    engine.dispose()


@pytest.fixture
def catalogue(store):
    return NewCatalogue(store)


def test_no_catalogue_is_waited_for(catalogue, store):
    catalogue.remember()
    assert not catalogue.is_published()

    store.publish(SERVING, [])

    assert catalogue.is_published()


def test_catalogue_of_an_earlier_start_does_not_count(catalogue, store):
    store.publish(SERVING, [])
    catalogue.remember()
    assert not catalogue.is_published()

    store.publish(SERVING, [])

    assert catalogue.is_published()


def test_catalogue_of_this_start_counts_when_the_step_is_begun_again(catalogue, store):
    catalogue.remember()
    store.publish(SERVING, [])
    catalogue.remember()

    assert catalogue.is_published()


def test_database_that_is_away_is_no_catalogue_yet(tmp_path):
    engine = create_engine(f"postgresql+psycopg://svend@/svend?host={tmp_path}")
    catalogue = NewCatalogue(CatalogueStore(engine))

    assert not catalogue.is_published()
    with pytest.raises(StackError):
        catalogue.remember()
