"""Fences of what lets people into single cases, and of notes, from the same table as the first fence. Runs no SQL."""

from iom.access import Deed, Sight, Tier
from iom.adapters.fences.expressions import both, either, may, mine, sees
from iom.notes import KINDS, KindRule

ON_CASE = sees((Tier.LOGISTICS, Sight.FULL), (Tier.LOGISTICS, Sight.OWN))
OWN_AGENCY = "agency_id = (select fence.agency())"


def _some_sight(tier: Tier) -> str:
    """They see something of this tier on the case."""
    return sees(
        *((tier, each) for each in Sight if each not in (Sight.NONE, Sight.PSEUDONYM, Sight.IN_CUSTODY))
    )


def _reads(rule: KindRule) -> str:
    """Who reads notes of this rule, besides their authors."""
    own = both(sees((rule.tier, Sight.OWN)), OWN_AGENCY)
    ways = [sees(*((rule.tier, each) for each in sorted(rule.sights)))] if rule.sights else []
    if rule.also:
        roles = ", ".join(f"'{role}'" for role in sorted(rule.also))
        ways.append(both(_some_sight(rule.tier), f"(select fence.role()) in ({roles})"))
    if rule.told:
        ways.append(both(sees((rule.tier, Sight.CONSENTED)), "fence.told(case_id, agency_id)"))
    return either(*ways, own)


def _of_kinds() -> str:
    """Each kind's readers; kinds that are read alike together, since every policy is planned with every query."""
    alike: dict[str, list[str]] = {}
    for kind, rule in KINDS.items():
        alike.setdefault(_reads(rule), []).append(f"'{kind}'")
    return either(*(both(f"kind in ({', '.join(kinds)})", reads) for reads, kinds in alike.items()))


_WRITERS = ", ".join(
    f"('{kind}', '{rule.tier}', '{role}')" for kind, rule in KINDS.items() for role in sorted(rule.writers)
)
NAMED_AGENCY = "(select fence.agency()) = any (agencies)"
NOTE = either(_of_kinds(), both(mine("by_id"), ON_CASE))
WRITES_NOTE = both(
    mine("by_id"),
    OWN_AGENCY,
    may(Deed.WRITE_NOTE),
    f"(kind, tier, (select fence.role())) in ({_WRITERS})",
    either(
        *(
            both(f"tier = '{tier}'", _some_sight(tier))
            for tier in sorted({rule.tier for rule in KINDS.values()})
        )
    ),
)
"""Who reads and writes notes, from the same table of kinds as the first fence (``iom.notes``)."""

HEALTH = _some_sight(Tier.HEALTH)
SHARES_HEALTH = both(sees((Tier.HEALTH, Sight.OWN)), OWN_AGENCY, may(Deed.SHARE_HEALTH))
"""A health service says itself who may read what it wrote."""

DECIDES = both(may(Deed.DECIDE_ACCESS), "fence.leads(case_id)")
LETS_IN = both(
    DECIDES,
    "kind = 'request'",
    "account_id <> (select fence.me())",
    "exists (select from access_request asked where asked.id = request_id and asked.case_id = access_grant.case_id"
    " and asked.account_id = access_grant.account_id)",
)
BREAKS_GLASS = both(
    may(Deed.BREAK_GLASS),
    "kind = 'break_glass'",
    "(select fence.confirmed())",
    mine(),
    "request_id is null",
    "finding is null",
    "reviewed_at is null and reviewed_by_id is null and why <> ''",
    "from_at > now() - interval '10 minutes'",
    "until_at <= now() + interval '3 days'",
)
REVIEWS = both(may(Deed.REVIEW_ACCESS), "kind = 'break_glass'", "account_id <> (select fence.me())")
