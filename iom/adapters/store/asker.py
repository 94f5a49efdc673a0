"""Who asks for a list, and how much of each of its rows they see. The first fence of every list; holds no query."""

from typing import Any

from iom.access import EVERYWHERE, MATRIX, Actor, Sight, Tier

ASSESSED = frozenset({Sight.FULL, Sight.IN_CUSTODY, Sight.PSEUDONYM})


class Asker:
    """One person asking for lists of cases or steps."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor

    def asked(self) -> dict[str, Any]:
        """What a list's statement needs to know of who asks.

        ``everywhere``: every case but restricted ones. ``named``: names. ``assessed``: the case tier. ``own_only``: of
        steps, only their own. ``navigator``: steps of navigators.
        """
        role = self._actor.role
        return {
            "account": self._actor.account_id,
            "role": role,
            "everywhere": role in EVERYWHERE,
            "named": self._sees(Tier.EXISTENCE) is Sight.FULL,
            "assessed": self._sees(Tier.CASE) in ASSESSED,
            "own_only": self._sees(Tier.LOGISTICS) is not Sight.FULL,
            "navigator": self._sees(Tier.NAVIGATOR) is Sight.OWN,
        }

    def _sees(self, tier: Tier) -> Sight:
        return MATRIX[self._actor.role][tier] if tier in self._actor.tiers else Sight.NONE
