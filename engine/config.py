"""Settings: frozen values, and one pure parser that reports every fault at once.

Only the bootstraps of processes pass ``os.environ``. ``VARIABLES`` is the single list of names;
``.env.example`` is checked against it by a test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.domain.errors import SettingsError
from engine.domain.price import MAX_PRICE
from engine.domain.verifier_kind import VerifierKind

SANDBOX_OFF = "none"
"""The tier that stands for no sandbox, and so for no tool that needs one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a process can be told.

    Attributes:
        database_url: SQLAlchemy URL of Postgres.
        redis_url: URL of Redis (``redis://`` or ``unix://``).
        llm_url: Base URL of the OpenAI-compatible server, without ``/v1``.
        llm_api_key: Its key; empty for none.
        llm_timeout_s: Longest time for one group of samples, retries included.
        llm_max_attempts: Requests sent for one group before its samples fail.
        model_name: Name of the model as its server lists it; empty takes the first listed.
        model_version: The operator's version of an outside model, else ``unpinned``.
        profile_path: A model profile file; empty takes the chat profile.
        verifier_kind: What judges answers where the caller names nothing: ``label``, ``classify``,
            ``shape``, ``self`` or ``none``.
        verifier_url: Base URL of the verifier's server; empty for the model's own.
        verifier_api_key: Its key; empty for none, or for the model's own server.
        verifier_model: The verifier's name there; empty takes what is served as ``verifier``.
        verifier_profile_path: A verifier profile file; empty takes the default.
        verifier_shape_path: A fitted judge of the shape of programs.
        calibrator_path: A calibrator file; empty leaves confidence unknown.
        min_confidence: Below this confidence no answer is verified; 0 takes the calibrator's own
            threshold.
        min_score: From which mean score on a verifier's word is taken.
        data_dir: Folder of the local stack's state.
        secrets_dir: Folder of the secrets, each a file of mode 0600.
        searches_per_worker: Searches that one worker process drives at once.
        samples_in_flight: Samples that one worker process keeps at the model server at once.
        sandbox_min_tier: The weakest sandbox that programs are run in: ``full+cgroup``, ``full``,
            ``landlock``, or ``none`` for no sandbox and none of its tools.
        sandbox_zygotes: Processes of one worker that fork programs; about one a core.
        lease_s: How long a claim holds without renewal.
        renew_s: How often it is renewed.
        reap_s: How often expired leases are looked for.
        reconcile_s: How often unpublished jobs are looked for.
        republish_s: After how long a published but unclaimed job is published again.
        max_attempts: Attempts before a job that keeps killing its worker fails.
        drain_s: How long a stopping worker waits for its searches to give back their jobs.
        max_body_bytes: Largest request body.
        max_wait_s: Longest ``Prefer: wait``.
        retention_days: How long bodies and results are kept.
        price_per_mtok_in: Cost units per million prompt tokens; 0 where they cost nothing.
        price_per_mtok_out: Cost units per million generated tokens.
        cors_origins: Origins that browsers may call from.
        metrics_port: Port of the first worker's metrics, of the next free ones for others; 0 for
            none.
        log_level: ``debug``, ``info``, ``warning`` or ``error``.
    """

    database_url: str = field(default="", repr=False)
    redis_url: str = field(default="", repr=False)
    llm_url: str = ""
    llm_api_key: str = field(default="", repr=False)
    llm_timeout_s: float = 300.0
    llm_max_attempts: int = 6
    model_name: str = ""
    model_version: str = "unpinned"
    profile_path: str = ""
    verifier_kind: str = "label"
    verifier_url: str = ""
    verifier_api_key: str = field(default="", repr=False)
    verifier_model: str = ""
    verifier_profile_path: str = ""
    verifier_shape_path: str = ""
    calibrator_path: str = ""
    min_confidence: float = 0.0
    min_score: float = 0.9
    data_dir: str = ".svend"
    secrets_dir: str = ""
    searches_per_worker: int = 32
    samples_in_flight: int = 256
    sandbox_min_tier: str = "full"
    sandbox_zygotes: int = 1
    lease_s: float = 30.0
    renew_s: float = 10.0
    reap_s: float = 2.0
    reconcile_s: float = 1.0
    republish_s: float = 20.0
    max_attempts: int = 5
    drain_s: float = 20.0
    max_body_bytes: int = 1_048_576
    max_wait_s: float = 60.0
    retention_days: int = 30
    price_per_mtok_in: float = 0.0
    price_per_mtok_out: float = 0.0
    cors_origins: tuple[str, ...] = ()
    metrics_port: int = 0
    log_level: str = "info"

    def __post_init__(self) -> None:
        """Refuse times that contradict each other."""
        if self.renew_s * 2 > self.lease_s:
            raise SettingsError(
                "SVEND_RENEW_S must be at most half of SVEND_LEASE_S, "
                "so that one lost renewal does not lose the lease"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One environment variable.

    Attributes:
        name: Its name in the environment.
        field: The field of :class:`Settings` that it sets.
        parse: Turns its text into the value; raises ``ValueError`` with what it expects.
        is_secret: Whether ``NAME_FILE`` may name a file that holds it, and logs must not show it.
    """

    name: str
    field: str
    parse: Callable[[str], Any]
    is_secret: bool = False


def load_settings(
    environ: Mapping[str, str], *, required: tuple[str, ...] = (), read: Callable[[str], str]
) -> Settings:
    """Parse the environment.

    Args:
        environ: The environment.
        required: Fields that this process cannot do without.
        read: Returns the text of the file that a ``NAME_FILE`` variable names.

    Raises:
        SettingsError: Listing every fault, one a line.
    """
    faults: list[str] = []
    values: dict[str, Any] = {}
    for variable in VARIABLES:
        text = _find_text(variable, environ, read, faults)
        if text is not None and text.strip():
            _parse_into(values, variable, text.strip(), faults)
    faults += [f"{NAMES[field]} is not set" for field in required if not values.get(field)]
    faults += [f"{name} is not a setting of Svend" for name in _unknown(environ)]
    if faults:
        raise SettingsError("\n".join(faults))
    return Settings(**values)


def _find_text(
    variable: Variable, environ: Mapping[str, str], read: Callable[[str], str], faults: list[str]
) -> str | None:
    if variable.name in environ or not variable.is_secret:
        return environ.get(variable.name)
    path = environ.get(f"{variable.name}_FILE")
    if path is None:
        return None
    try:
        return read(path)
    except OSError as error:
        faults.append(f"{variable.name}_FILE: {error}")
        return None


def _parse_into(values: dict[str, Any], variable: Variable, text: str, faults: list[str]) -> None:
    try:
        values[variable.field] = variable.parse(text)
    except ValueError as error:
        shown = "the value given" if variable.is_secret else repr(text)
        faults.append(f"{variable.name}: {shown} is not {error}")


def _unknown(environ: Mapping[str, str]) -> list[str]:
    known = set(NAMES.values()) | {f"{v.name}_FILE" for v in VARIABLES if v.is_secret}
    return sorted(
        name for name in environ if name.startswith("SVEND_") and name not in known | OTHER_NAMES
    )


def _text(text: str) -> str:
    return text


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _integer(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text[:19]) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(text)

    return parse


def _seconds(low: float, high: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise ValueError(f"a number of seconds from {low:g} to {high:g}")
        return value

    return parse


def _price(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 <= value <= MAX_PRICE:
        raise ValueError(f"a number of cost units from 0 to {MAX_PRICE:g}")
    return value


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 <= value <= 1:
        raise ValueError("a number from 0 to 1")
    return value


def _one_of(*names: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in names:
            raise ValueError(f"one of {', '.join(names)}")
        return text.lower()

    return parse


VARIABLES = (
    Variable(name="DATABASE_URL", field="database_url", parse=_text, is_secret=True),
    Variable(name="REDIS_URL", field="redis_url", parse=_text, is_secret=True),
    Variable(name="SVEND_LLM_URL", field="llm_url", parse=_text),
    Variable(name="SVEND_LLM_API_KEY", field="llm_api_key", parse=_text, is_secret=True),
    Variable(name="SVEND_LLM_TIMEOUT_S", field="llm_timeout_s", parse=_seconds(1, 86_400)),
    Variable(name="SVEND_LLM_MAX_ATTEMPTS", field="llm_max_attempts", parse=_integer(1, 100)),
    Variable(name="SVEND_MODEL_NAME", field="model_name", parse=_text),
    Variable(name="SVEND_MODEL_VERSION", field="model_version", parse=_text),
    Variable(name="SVEND_PROFILE", field="profile_path", parse=_text),
    Variable(
        name="SVEND_VERIFIER_KIND",
        field="verifier_kind",
        parse=_one_of(*VerifierKind),
    ),
    Variable(name="SVEND_VERIFIER_URL", field="verifier_url", parse=_text),
    Variable(name="SVEND_VERIFIER_API_KEY", field="verifier_api_key", parse=_text, is_secret=True),
    Variable(name="SVEND_VERIFIER_MODEL", field="verifier_model", parse=_text),
    Variable(name="SVEND_VERIFIER_PROFILE", field="verifier_profile_path", parse=_text),
    Variable(name="SVEND_VERIFIER_SHAPE", field="verifier_shape_path", parse=_text),
    Variable(name="SVEND_CALIBRATOR", field="calibrator_path", parse=_text),
    Variable(name="SVEND_MIN_CONFIDENCE", field="min_confidence", parse=_share),
    Variable(name="SVEND_MIN_SCORE", field="min_score", parse=_share),
    Variable(name="SVEND_DATA_DIR", field="data_dir", parse=_text),
    Variable(name="SVEND_SECRETS_DIR", field="secrets_dir", parse=_text),
    Variable(
        name="SVEND_SEARCHES_PER_WORKER", field="searches_per_worker", parse=_integer(1, 4096)
    ),
    Variable(name="SVEND_SAMPLES_IN_FLIGHT", field="samples_in_flight", parse=_integer(1, 65_536)),
    Variable(
        name="SVEND_SANDBOX_MIN_TIER",
        field="sandbox_min_tier",
        parse=_one_of("full+cgroup", "full", "landlock", SANDBOX_OFF),
    ),
    Variable(name="SVEND_SANDBOX_ZYGOTES", field="sandbox_zygotes", parse=_integer(1, 64)),
    Variable(name="SVEND_LEASE_S", field="lease_s", parse=_seconds(0.5, 3600)),
    Variable(name="SVEND_RENEW_S", field="renew_s", parse=_seconds(0.1, 1800)),
    Variable(name="SVEND_REAP_S", field="reap_s", parse=_seconds(0.1, 600)),
    Variable(name="SVEND_RECONCILE_S", field="reconcile_s", parse=_seconds(0.1, 600)),
    Variable(name="SVEND_REPUBLISH_S", field="republish_s", parse=_seconds(0.1, 3600)),
    Variable(name="SVEND_MAX_ATTEMPTS", field="max_attempts", parse=_integer(1, 1000)),
    Variable(name="SVEND_DRAIN_S", field="drain_s", parse=_seconds(0, 600)),
    Variable(
        name="SVEND_MAX_BODY_BYTES", field="max_body_bytes", parse=_integer(1024, 1_073_741_824)
    ),
    Variable(name="SVEND_MAX_WAIT_S", field="max_wait_s", parse=_seconds(0, 600)),
    Variable(name="SVEND_RETENTION_DAYS", field="retention_days", parse=_integer(1, 36_500)),
    Variable(name="SVEND_PRICE_PER_MTOK_IN", field="price_per_mtok_in", parse=_price),
    Variable(name="SVEND_PRICE_PER_MTOK_OUT", field="price_per_mtok_out", parse=_price),
    Variable(name="SVEND_CORS_ORIGINS", field="cors_origins", parse=_list),
    Variable(name="SVEND_METRICS_PORT", field="metrics_port", parse=_integer(0, 65_535)),
    Variable(
        name="SVEND_LOG_LEVEL",
        field="log_level",
        parse=_one_of("debug", "info", "warning", "error"),
    ),
)
NAMES = {variable.field: variable.name for variable in VARIABLES}
# Read by the command line and the local stack alone, before there are any settings.
OTHER_NAMES = frozenset({"SVEND_MODEL", "SVEND_URL", "SVEND_API_KEY", "SVEND_WORKERS"})
