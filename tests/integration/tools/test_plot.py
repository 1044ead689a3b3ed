"""The tool `plot` behind the wall."""

import base64
import io
from xml.etree import ElementTree as ET

import matplotlib.image
import pytest


def _bytes(image):
    return base64.b64decode(image["data"], validate=True)


def test_picture_crosses_the_wall_whole(tools):
    result = tools.get(
        "plot", kind="function", expressions=["sin(x)"], width_px=400, height_px=300
    )
    (image,) = result["images"]
    assert matplotlib.image.imread(io.BytesIO(_bytes(image))).shape[:2] == (300, 400)
    assert "sin(x)" in result["alternative_text"]


def test_drawing_as_text_is_well_formed(tools):
    (image,) = tools.get("plot", kind="bar", labels=["<a>"], values=[1], format="svg")["images"]
    assert "<a>" in "".join(ET.fromstring(_bytes(image)).itertext())


def test_same_call_draws_the_same_bytes(tools):
    call = {"kind": "scatter", "x": [1, 2, 3], "y": [3, 1, 2], "format": "both"}
    assert tools.get("plot", **call)["images"] == tools.get("plot", **call)["images"]


def test_largest_picture_fits_through_the_wall(tools):
    expressions = [f"sin({n}*x)*exp(x/9)*cos(x^2)" for n in range(1, 7)]
    result = tools.get(
        "plot",
        kind="function",
        expressions=expressions,
        samples=2_000,
        width_px=1_600,
        height_px=1_600,
        format="both",
    )
    assert len(result["images"]) == 2


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ({"kind": "function", "expressions": ["2x"]}, "2*x, not 2x"),
        ({"kind": "function", "expressions": ["__import__('os').system('id')"]}, "no expression"),
        ({"kind": "scatter", "x": [1], "y": [1, 2]}, "as many of each"),
    ],
    ids=["syntax", "code", "lengths"],
)
def test_refusal_crosses_the_wall_with_its_words(tools, arguments, hint):
    assert hint in tools.refuse("plot", **arguments)
