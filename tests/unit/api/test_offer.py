from datetime import UTC, datetime

from api.offer import KEEP_S, CurrentOffer
from db.records import Catalogue
from engine.domain.pins import Serving

SERVING = Serving(model="m", model_fingerprint="f", profile="p", prompt_ids={}, canonicaliser="c")
CATALOGUE = Catalogue(
    serving=SERVING, strategies=(), published_at=datetime(2026, 11, 20, tzinfo=UTC)
)


class Store:
    def __init__(self, *found):
        self.found = list(found)

    def find(self):
        return self.found.pop(0)


def test_catalogue_is_remembered_for_a_moment():
    now = [0.0]
    offer = CurrentOffer(Store(CATALOGUE, None), now_s=lambda: now[0])
    assert offer.find() is CATALOGUE
    now[0] = KEEP_S / 2
    assert offer.find() is CATALOGUE
    now[0] = KEEP_S * 2
    assert offer.find() is None


def test_absent_catalogue_is_asked_for_again():
    offer = CurrentOffer(Store(None, CATALOGUE), now_s=lambda: 0.0)
    assert offer.find() is None
    assert offer.find() is CATALOGUE
