"""The tool `physics`: solves textbook laws and direct-current circuits, behind the wall."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from tools.choice import Fields, check_choice
from tools.sandbox.program import Limits
from tools.sandbox.sandbox import ProgramRunner
from tools.sandboxed import SandboxedTool
from tools.solved import Name, Part, Quantity, Solution, find_field, knowns_field
from tools.tool import Example, ToolInput, ToolOutput, ToolSpec

Topic = Literal[
    "kinematics", "rotation", "projectile", "projectile_level", "newton", "friction",
    "incline", "circular", "gravitation", "spring", "pendulum", "energy", "energy_fall",
    "work", "momentum", "collision_elastic", "collision", "photon", "heat", "latent_heat",
    "mixing", "ideal_gas", "isothermal", "isobaric", "isochoric", "adiabatic", "heat_engine",
    "carnot", "radiation", "conduction", "ohm", "wire", "coulomb", "capacitor",
    "magnetic_force", "thin_lens", "mirror", "lensmaker", "snell", "critical_angle",
    "brewster", "grating", "single_slit", "malus", "wave", "string", "open_pipe",
    "closed_pipe", "doppler", "doppler_light", "decibel", "beats", "circuit",
]  # fmt: skip

# The quantities of each topic, for the model to read. The kernel holds the laws between them, and
# a test that both have the same names.
SYMBOLS: Final[Mapping[str, str]] = {
    "kinematics": "v0 v a t d",
    "rotation": "omega0 omega alpha t phi I tau L K",
    "projectile": "v0 theta h0 g vx vy0 t x h_max t_up v_end",
    "projectile_level": "v0 theta g t x h_max",
    "newton": "F m a W g",
    "friction": "F m mu N f a g",
    "incline": "m theta mu N f F_along a g",
    "circular": "r v omega T f a m F",
    "gravitation": "M m r F g v T v_escape U",
    "spring": "k x F E m omega T f",
    "pendulum": "l T f g",
    "energy": "m v1 v2 h1 h2 W K1 K2 U1 U2 g",
    "energy_fall": "v1 v2 h g",
    "work": "F d theta W t P v P_in eta",
    "momentum": "m v1 v2 p1 p2 J F t",
    "collision_elastic": "m1 m2 v1 v2 u1 u2 p K",
    "collision": "m1 m2 v1 v2 restitution u1 u2 p K1 K2 Q",
    "photon": "f wavelength E p m",
    "heat": "Q m c_p dT T1 T2 t P",
    "latent_heat": "Q m L",
    "mixing": "m1 m2 c1 c2 T1 T2 T Q",
    "ideal_gas": "P V n T m M rho v_rms",
    "isothermal": "n T P1 V1 P2 V2 ratio W Q dU",
    "isobaric": "n P V1 T1 V2 T2 Cv Cp gamma W Q dU",
    "isochoric": "n V P1 T1 P2 T2 Cv Cp gamma W Q dU",
    "adiabatic": "n P1 V1 T1 P2 V2 T2 Cv Cp gamma W Q dU",
    "heat_engine": "Qh Qc W eta Th Tc eta_carnot",
    "carnot": "Qh Qc W eta Th Tc cop_cooling cop_heating",
    "radiation": "P A T emissivity",
    "conduction": "P k A dT l",
    "ohm": "U I R P t E",
    "wire": "R rho l A diameter",
    "coulomb": "q1 q2 r F E V U",
    "capacitor": "C Q U E R tau t x U_t",
    "magnetic_force": "B q v m r f F I l",
    "thin_lens": "f do di m ho hi D",
    "mirror": "f r do di m ho hi",
    "lensmaker": "f n r1 r2",
    "snell": "n1 n2 theta1 theta2 v1 v2",
    "critical_angle": "n1 n2 theta_c",
    "brewster": "n1 n2 theta_b",
    "grating": "d lines order wavelength theta distance y",
    "single_slit": "width order wavelength theta distance y",
    "malus": "I0 I theta",
    "wave": "v f wavelength T omega k",
    "string": "tension mu m l v harmonic f wavelength",
    "open_pipe": "l v harmonic f wavelength",
    "closed_pipe": "l v harmonic f wavelength",
    "doppler": "f_source f_observed v v_source v_observer",
    "doppler_light": "f_source f_observed v z",
    "decibel": "L I I0 ratio P r",
    "beats": "f1 f2 f_beat",
}

_FIELDS: Mapping[str, Fields] = {
    **{topic: Fields(needs=("knowns",), may=("find",)) for topic in SYMBOLS},
    "circuit": Fields(needs=("netlist",), may=("port",)),
}
_TOPICS = "; ".join(f"{topic}: {names}" for topic, names in SYMBOLS.items())


class PhysicsInput(ToolInput):
    """One problem: a topic with what is known, or a circuit."""

    topic: Topic = Field(
        description=(
            "What the problem is about, with the quantities it has. Give those that are known. "
            f"{_TOPICS}; circuit: a netlist."
        )
    )
    knowns: dict[Name, Quantity] = knowns_field("SI units, angles in degrees")
    find: list[Name] = find_field()
    netlist: str = Field(
        default="",
        max_length=20_000,
        description=(
            "Of a circuit: a part a line, name, two nodes and value: 'V1 a 0 12 V' (plus first), "
            "'R1 a b 4.7k', 'I1 0 b 2 mA' (from the first node to the second). Node 0 is ground."
        ),
    )
    port: list[Annotated[str, StringConstraints(max_length=20)]] | None = Field(
        default=None,
        min_length=2,
        max_length=2,
        description="Of a circuit: two nodes whose Thevenin equivalent is wanted.",
    )

    @model_validator(mode="after")
    def _check_fields(self) -> Self:
        check_choice(self, "topic", _FIELDS)
        return self


class PartOperation(Part):
    """One part of a circuit.

    Attributes:
        voltage_v: From its first node to its second.
        current_a: Through it from its first node to its second.
        power_w: What it takes in; negative for one that delivers.
    """

    voltage_v: float
    current_a: float
    power_w: float


class Port(Part):
    """A circuit seen from two nodes.

    Attributes:
        voltage_v: Of the equivalent source.
        resistance_ohm: In series with it.
    """

    voltage_v: float
    resistance_ohm: float


class PhysicsOutput(ToolOutput):
    """What was found.

    Attributes:
        topic: As asked.
        solutions: Of a topic; several where an equation has several roots.
        undetermined: Quantities that the knowns leave open.
        voltages_v: Of a circuit: each node against ground.
        parts: Of a circuit: each part.
        port: Of a circuit: the equivalent source.
        equations: Of a circuit: those used.
        notes: Assumptions, constants and defaults.
    """

    topic: str
    solutions: list[Solution] | None = None
    undetermined: list[str] | None = None
    voltages_v: dict[str, float] | None = None
    parts: dict[str, PartOperation] | None = None
    port: Port | None = None
    equations: list[str] | None = None
    notes: list[str] = Field(default_factory=list[str])


PHYSICS = ToolSpec(
    name="physics",
    version="physics/1",
    summary=(
        "Solves textbook physics: motion, forces, energy, collisions, heat and gases, optics, "
        "waves, and direct-current circuits from a netlist. Takes what is known, with units, and "
        "returns all that follows from it with units and the equations used; both roots where "
        "there are two."
    ),
    input_model=PhysicsInput,
    output_model=PhysicsOutput,
    examples=(
        Example(
            purpose="braking",
            arguments={
                "topic": "kinematics",
                "knowns": {"v0": "72 km/h", "v": 0, "d": "50 m"},
                "find": ["a", "t"],
            },
        ),
        Example(
            purpose="a process of a gas",
            arguments={
                "topic": "isothermal",
                "knowns": {"n": "1 mol", "T": "27 degC", "V1": "1 L", "V2": "2 L"},
            },
        ),
        Example(
            purpose="a circuit",
            arguments={
                "topic": "circuit",
                "netlist": "V1 a 0 12\nR1 a b 100\nR2 b 0 200",
                "port": ["b", "0"],
            },
        ),
    ),
    limits=Limits(cpu_s=5, wall_s=10.0),
)


def make_physics(sandbox: ProgramRunner) -> SandboxedTool:
    """Make the tool."""
    return SandboxedTool(PHYSICS, "tools.kernels.physics", sandbox)
