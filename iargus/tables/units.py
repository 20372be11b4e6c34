"""Units and currencies that stand beside a number, in lower case, with what they mean."""

from __future__ import annotations

UNITS = {
    **dict.fromkeys(("mi", "mile", "miles", "mls", "mis", "miglia", "millas", "meilen"), "mi"),
    **dict.fromkeys(
        (
            *("km", "kms", "kilometer", "kilometers", "kilometre", "kilometres", "kilometern"),
            *("kilomètres", "kilomètre", "kilómetros", "kilometros", "chilometri", "quilômetros"),
        ),
        "km",
    ),
}

CURRENCIES = {
    **dict.fromkeys(("$", "us$", "usd", "us-$", "$us", "dollar", "dollars", "usd$"), "USD"),
    **dict.fromkeys(("€", "eur", "euro", "euros"), "EUR"),
    **dict.fromkeys(("£", "gbp", "pounds"), "GBP"),
    **dict.fromkeys(("c$", "ca$", "cad", "cad$", "can$"), "CAD"),
    **dict.fromkeys(("a$", "au$", "aud"), "AUD"),
    **dict.fromkeys(("mx$", "mxn"), "MXN"),
    **dict.fromkeys(("chf", "sfr", "fr"), "CHF"),
    **dict.fromkeys(("¥", "jpy", "yen"), "JPY"),
    **dict.fromkeys(("zł", "pln"), "PLN"),
    **dict.fromkeys(("₹", "inr", "rs"), "INR"),
    **dict.fromkeys(("cny", "rmb"), "CNY"),
    **dict.fromkeys(("sek", "nok", "dkk", "czk", "huf", "brl", "krw"), None),
}
CURRENCIES = {word: code if code is not None else word.upper() for word, code in CURRENCIES.items()}
