"""Names of units that are no unit, or that mean more than one thing."""

from __future__ import annotations

from collections.abc import Mapping

from tools.kernels.kernel_error import KernelError

# Codes of ISO 4217 that are traded most, and what people say for them. No code stands here that
# is a unit as well.
_CURRENCY_NAMES = """
    AED ARS AUD BGN BRL BTC CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK
    JPY KRW MXN MYR NGN NOK NZD PEN PHP PKR PLN RON RUB SAR SEK SGD THB TRY TWD UAH USD VND
    ZAR bitcoin dollar dollars euro euros rupee rupees yen yuan renminbi sterling franc
    francs cents peso pesos won ruble rubles krona kroner krone zloty lira usd eur gbp jpy
"""
_CURRENCIES = frozenset(_CURRENCY_NAMES.split())
_REFUSED: Mapping[str, str] = {
    "Nm": "'Nm' could be the newton metre, written N*m, or the yarn count, written number_meter",
    "Cal": "'Cal' is not said clearly: write kcal for the Calorie of food, cal for the small one",
}
_NOTES: Mapping[str, tuple[str, ...]] = {
    "gallon was read as the US liquid gallon (3.785 L); the imperial one is imperial_gallon "
    "(4.546 L)": ("gallon", "gallons", "gal"),
    "pint was read as the US liquid pint (473.2 mL); the imperial one is imperial_pint "
    "(568.3 mL)": ("pint", "pints", "pt"),
    "quart was read as the US liquid quart (946.4 mL); the imperial one is imperial_quart "
    "(1.137 L)": ("quart", "quarts", "qt"),
    "cup was read as the US cup (236.6 mL); the imperial one is imperial_cup (284.1 mL), the "
    "metric one 250 mL": ("cup", "cups", "cp"),
    "fluid ounce was read as the US one (29.57 mL); the imperial one is imperial_fluid_ounce "
    "(28.41 mL)": ("fluid_ounce", "fluid_ounces", "floz"),
    "ounce was read as the avoirdupois ounce of mass (28.35 g); the others are fluid_ounce "
    "(volume) and troy_ounce (31.10 g)": ("ounce", "ounces", "oz"),
    "pound was read as the pound of mass (453.6 g); the pound of force is lbf": (
        "pound",
        "pounds",
        "lb",
        "lbs",
    ),
    "ton was read as the US short ton (907.2 kg); the others are metric_ton (1000 kg), long_ton "
    "(1016 kg), ton_TNT (energy) and refrigeration_ton (power)": ("ton", "tons"),
    "hundredweight was read as the US one (100 lb); the imperial one is long_hundredweight "
    "(112 lb)": ("hundredweight", "cwt"),
    "barrel was read as the US liquid barrel (31.5 gallons); the one of oil is oil_barrel "
    "(42 gallons)": ("barrel", "barrels", "bbl"),
    "calorie was read as the small, thermochemical calorie (4.184 J); the Calorie of food is kcal "
    "(4184 J)": ("calorie", "calories", "cal"),
    "Btu was read as the ISO one (1055.056 J)": ("Btu", "BTU", "british_thermal_unit"),
    "horsepower was read as the mechanical one (745.7 W); the metric one is metric_horsepower "
    "(735.5 W)": ("horsepower", "hp"),
    "mile was read as the statute mile (1609.344 m); the one at sea is nautical_mile (1852 m)": (
        "mile",
        "miles",
        "mi",
    ),
    "year was read as the Julian year of 365.25 days": ("year", "years", "yr", "a"),
    "month was read as a twelfth of the Julian year (30.44 days)": ("month", "months"),
    "degree was read as the degree of an angle; those of temperature are degC, degF and K": (
        "degree",
        "degrees",
    ),
    "kt was read as the knot; a thousand tonnes is the kilotonne": ("kt",),
    "t was read as the tonne (1000 kg)": ("t",),
    "B was read as the byte; the bel is not offered": ("B",),
}
_NOTE_OF: Mapping[str, str] = {name: note for note, names in _NOTES.items() for name in names}
_ALONE: Mapping[str, str] = {
    "C": "C was read as the coulomb; the degree Celsius is degC",
    "F": "F was read as the farad; the degree Fahrenheit is degF",
    "R": "R was read as the gas constant; the degree Rankine is degR",
    "G": "G was read as the gauss; it is not the constant of gravitation",
    "h": "h was read as the hour; Planck's constant is planck_constant",
}


def check_name(name: str, *, is_alone: bool) -> str | None:
    """Return how an ambiguous name is understood, or None where there is only one reading.

    Args:
        name: As written.
        is_alone: Whether it is the whole unit.

    Raises:
        KernelError: For a currency, and where no reading is likelier than the other.
    """
    if name in _CURRENCIES:
        raise KernelError(
            f"{name!r} is a currency, and currencies are not converted: their rates change and "
            "none is known here. Take the rate as a given number and multiply by it"
        )
    if _REFUSED.get(name):
        raise KernelError(_REFUSED[name])
    return _NOTE_OF.get(name) or (_ALONE.get(name) if is_alone else None)
