"""Lenses, mirrors, refraction and interference."""

from __future__ import annotations

from tools.kernels.law_solve import Bounds
from tools.kernels.physics_topic import ACUTE, POSITIVE, Topic, row

_INDEX = Bounds(least=1.0)

LENS = Topic(
    name="thin_lens",
    summary="image of a thin lens",
    symbols=(
        row("f", "m", "focal length, negative for a diverging lens"),
        row("do", "m", "distance of the object", POSITIVE),
        row("di", "m", "distance of the image, negative for a virtual one"),
        row("m", "", "magnification, negative for an inverted image"),
        row("ho", "m", "height of the object"),
        row("hi", "m", "height of the image"),
        row("D", "1/m", "power of the lens, in dioptres"),
    ),
    laws=("1/f = 1/do + 1/di", "m = -di/do", "m = hi/ho", "D = 1/f", "m*do - m*f = -f"),
    note="thin lens; an object at the focal length has no image",
)
MIRROR = Topic(
    name="mirror",
    summary="image of a spherical mirror",
    symbols=(
        row("f", "m", "focal length, positive for a concave mirror"),
        row("r", "m", "radius of curvature, positive for a concave mirror"),
        row("do", "m", "distance of the object", POSITIVE),
        row("di", "m", "distance of the image, negative behind the mirror"),
        row("m", "", "magnification, negative for an inverted image"),
        row("ho", "m", "height of the object"),
        row("hi", "m", "height of the image"),
    ),
    laws=("f = 1/2*r", "1/f = 1/do + 1/di", "m = -di/do", "m = hi/ho", "m*do - m*f = -f"),
    note="rays near the axis; an object at the focal length has no image",
)
LENSMAKER = Topic(
    name="lensmaker",
    summary="focal length of a thin lens in air from its shape",
    symbols=(
        row("f", "m", "focal length"),
        row("n", "", "refractive index", _INDEX),
        row("r1", "m", "radius of the first surface, positive when convex to the light"),
        row("r2", "m", "radius of the second surface, negative when convex on the far side"),
    ),
    laws=("1/f = n/r1 - n/r2 - 1/r1 + 1/r2",),
)
SNELL = Topic(
    name="snell",
    summary="refraction at a flat surface",
    symbols=(
        row("n1", "", "refractive index on the near side", _INDEX),
        row("n2", "", "refractive index on the far side", _INDEX),
        row("theta1", "degree", "angle of incidence, from the normal", ACUTE),
        row("theta2", "degree", "angle of refraction, from the normal", ACUTE),
        row("v1", "m/s", "speed of light on the near side", POSITIVE),
        row("v2", "m/s", "speed of light on the far side", POSITIVE),
    ),
    laws=("n1*sin(theta1) = n2*sin(theta2)", "n1*v1 = c", "n2*v2 = c"),
    note="no possible theta2 means total reflection",
)
CRITICAL = Topic(
    name="critical_angle",
    summary="angles of total reflection and of full polarisation",
    symbols=(
        row("n1", "", "refractive index on the near side", _INDEX),
        row("n2", "", "refractive index on the far side", _INDEX),
        row("theta_c", "degree", "critical angle; n1 must be above n2", ACUTE),
    ),
    laws=("n1*sin(theta_c) = n2",),
    note="light comes from the side with the greater index",
)
BREWSTER = Topic(
    name="brewster",
    summary="angle at which reflected light is fully polarised",
    symbols=(
        row("n1", "", "refractive index on the near side", _INDEX),
        row("n2", "", "refractive index on the far side", _INDEX),
        row("theta_b", "degree", "Brewster's angle", ACUTE),
    ),
    laws=("n1*tan(theta_b) = n2",),
)
GRATING = Topic(
    name="grating",
    summary="maxima of a diffraction grating or of two slits",
    symbols=(
        row("d", "m", "distance of the slits", POSITIVE),
        row("lines", "1/m", "slits per length", POSITIVE),
        row("order", "", "order of the maximum, 0 in the middle", Bounds(least=0.0)),
        row("wavelength", "m", "wavelength", POSITIVE),
        row("theta", "degree", "angle of the maximum", ACUTE),
        row("distance", "m", "distance of the screen", POSITIVE),
        row("y", "m", "distance of the maximum from the middle, on the screen"),
    ),
    laws=("d*sin(theta) = order*wavelength", "d*lines = 1", "y = distance*tan(theta)"),
    note="light falls in at a right angle",
)
SINGLE_SLIT = Topic(
    name="single_slit",
    summary="minima of a single slit",
    symbols=(
        row("width", "m", "width of the slit", POSITIVE),
        row("order", "", "order of the minimum, from 1", Bounds(least=1.0)),
        row("wavelength", "m", "wavelength", POSITIVE),
        row("theta", "degree", "angle of the minimum", ACUTE),
        row("distance", "m", "distance of the screen", POSITIVE),
        row("y", "m", "distance of the minimum from the middle, on the screen"),
    ),
    laws=("width*sin(theta) = order*wavelength", "y = distance*tan(theta)"),
)
MALUS = Topic(
    name="malus",
    summary="polarised light through a polariser",
    symbols=(
        row("I0", "W/m^2", "intensity before", POSITIVE),
        row("I", "W/m^2", "intensity after", Bounds(least=0.0)),
        row("theta", "degree", "angle between polarisation and polariser", ACUTE),
    ),
    laws=("I = I0*cos(theta)^2",),
)

TOPICS = (
    LENS,
    MIRROR,
    LENSMAKER,
    SNELL,
    CRITICAL,
    BREWSTER,
    GRATING,
    SINGLE_SLIT,
    MALUS,
)
