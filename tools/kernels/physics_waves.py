"""Waves: speed, the Doppler effect, standing waves, loudness and beats."""

from __future__ import annotations

from tools.kernels.law_solve import Bounds
from tools.kernels.physics_topic import ANY, NOT_NEGATIVE, POSITIVE, Topic, row

_HARMONIC = Bounds(least=1.0)

WAVE = Topic(
    name="wave",
    summary="speed, frequency and wavelength",
    symbols=(
        row("v", "m/s", "speed", POSITIVE),
        row("f", "Hz", "frequency", POSITIVE),
        row("wavelength", "m", "wavelength", POSITIVE),
        row("T", "s", "period", POSITIVE),
        row("omega", "rad/s", "angular frequency", POSITIVE),
        row("k", "rad/m", "wave number", POSITIVE),
    ),
    laws=("v = f*wavelength", "f*T = 1", "omega = 2*pi*f", "k*wavelength = 2*pi", "v = omega/k"),
)
STRING = Topic(
    name="string",
    summary="standing waves of a string fixed at both ends",
    symbols=(
        row("tension", "N", "tension", POSITIVE),
        row("mu", "kg/m", "mass per length", POSITIVE),
        row("m", "kg", "mass of the string", POSITIVE),
        row("l", "m", "length", POSITIVE),
        row("v", "m/s", "speed of the wave", POSITIVE),
        row("harmonic", "", "number of the harmonic, from 1", _HARMONIC),
        row("f", "Hz", "frequency", POSITIVE),
        row("wavelength", "m", "wavelength", POSITIVE),
    ),
    laws=(
        "v^2 = tension/mu",
        "m = mu*l",
        "f = 1/2*harmonic*v/l",
        "harmonic*wavelength = 2*l",
        "v = f*wavelength",
    ),
)
OPEN_PIPE = Topic(
    name="open_pipe",
    summary="standing waves of a pipe open at both ends",
    symbols=(
        row("l", "m", "length", POSITIVE),
        row("v", "m/s", "speed of sound", POSITIVE),
        row("harmonic", "", "number of the harmonic, from 1", _HARMONIC),
        row("f", "Hz", "frequency", POSITIVE),
        row("wavelength", "m", "wavelength", POSITIVE),
    ),
    laws=("f = 1/2*harmonic*v/l", "harmonic*wavelength = 2*l", "v = f*wavelength"),
    note="no correction for the ends",
)
CLOSED_PIPE = Topic(
    name="closed_pipe",
    summary="standing waves of a pipe closed at one end",
    symbols=(
        row("l", "m", "length", POSITIVE),
        row("v", "m/s", "speed of sound", POSITIVE),
        row("harmonic", "", "number of the harmonic: 1, 3, 5, ...", _HARMONIC),
        row("f", "Hz", "frequency", POSITIVE),
        row("wavelength", "m", "wavelength", POSITIVE),
    ),
    laws=("f = 1/4*harmonic*v/l", "harmonic*wavelength = 4*l", "v = f*wavelength"),
    note="only odd harmonics exist; no correction for the end",
)
DOPPLER = Topic(
    name="doppler",
    summary="Doppler effect of sound",
    symbols=(
        row("f_source", "Hz", "frequency sent", POSITIVE),
        row("f_observed", "Hz", "frequency heard", POSITIVE),
        row("v", "m/s", "speed of sound", POSITIVE),
        row("v_source", "m/s", "of the source, positive towards the observer", ANY, 0.0),
        row("v_observer", "m/s", "of the observer, positive towards the source", ANY, 0.0),
    ),
    laws=("f_observed*v - f_observed*v_source = f_source*v + f_source*v_observer",),
    note="speeds against the air, below the speed of sound",
)
DOPPLER_LIGHT = Topic(
    name="doppler_light",
    summary="Doppler effect of light along the line of sight",
    symbols=(
        row("f_source", "Hz", "frequency sent", POSITIVE),
        row("f_observed", "Hz", "frequency seen", POSITIVE),
        row("v", "m/s", "speed of approach; negative where they part"),
        row("z", "", "redshift, f_source/f_observed - 1"),
    ),
    laws=(
        "f_observed^2*c - f_observed^2*v = f_source^2*c + f_source^2*v",
        "z*f_observed = f_source - f_observed",
        "(z + 1)^2*c + (z + 1)^2*v = c - v",
    ),
)
DECIBEL = Topic(
    name="decibel",
    summary="level of sound, in decibels",
    symbols=(
        row("L", "", "level in dB, as a bare number"),
        row("I", "W/m^2", "intensity", POSITIVE),
        row("I0", "W/m^2", "reference", POSITIVE, 1e-12),
        row("ratio", "", "I/I0", POSITIVE),
        row("P", "W", "power of a source that sends equally to all sides", POSITIVE),
        row("r", "m", "distance from the source", POSITIVE),
    ),
    laws=("L = 10*log10(ratio)", "ratio = I/I0", "4*pi*r^2*I = P"),
)
BEATS = Topic(
    name="beats",
    summary="beats of two tones",
    symbols=(
        row("f1", "Hz", "the higher frequency", POSITIVE),
        row("f2", "Hz", "the lower frequency", POSITIVE),
        row("f_beat", "Hz", "beats a second", NOT_NEGATIVE),
    ),
    laws=("f_beat = f1 - f2",),
)

TOPICS = (WAVE, STRING, OPEN_PIPE, CLOSED_PIPE, DOPPLER, DOPPLER_LIGHT, DECIBEL, BEATS)
