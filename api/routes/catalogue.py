"""What can be run here, as the workers last published it."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response, request

from api.answers import answer_json
from api.bodies import render_moment
from api.dependencies import current_dependencies
from api.refusals import NoWorkerYetError
from api.requests import refuse_unknown_parameters
from api.verifier_choice import choose_verifier, list_verifiers

blueprint = Blueprint("catalogue", __name__)


@blueprint.get("/v1/strategies")
def list_strategies() -> Response:
    """List the strategies, those that cannot run here with the reason, and the verifiers."""
    refuse_unknown_parameters("verifier")
    catalogue = current_dependencies().offer.find()
    if catalogue is None:
        raise NoWorkerYetError
    catalogue = choose_verifier(catalogue, request.args.get("verifier"))
    return answer_json(
        {
            "strategies": [dict(strategy) for strategy in catalogue.strategies],
            "verifiers": list_verifiers(catalogue),
            "serving": asdict(catalogue.serving),
            "published_at": render_moment(catalogue.published_at),
        }
    )
