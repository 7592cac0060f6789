"""Addresses that pages of their own have: no register and no theme is called so.

Both stand at the bare names that a folder gives, and what has another page there would hide them.
"""

from __future__ import annotations

TAKEN = frozenset(
    {
        *("reports", "releases", "registers", "themes", "figures", "statements", "static"),
        *("findings", "parked", "waiting", "quarantine", "entries", "streams", "disclosure"),
        *(
            "check",
            "corrections",
            "desk",
            "search",
            "api",
            "problems",
            "contracts",
            "gkmlpt",
            "sources",
        ),
        *(
            "index",
            "healthz",
            "readyz",
            "metrics",
            "sign-in",
            "sign-out",
            "purpose",
            "users",
            "access",
            "foreign",
            "withheld",
            "work",
        ),
    }
)
