"""Who works on a case: its team, and whoever is let into it for a time. The first fence's half of ``fence.seen``."""

_NOW = "from_at <= now() and now() < until_at"

MY_CASES = f"""(select case_id from team_member where account_id = %(account)s
    union all select case_id from access_grant where account_id = %(account)s and {_NOW})"""
"""Every case that ``%(account)s`` works on: for lists."""


def works_on(case: str, account: str = "%(account)s") -> str:
    """Whether ``account`` works on this one case. The place for the account stands there once."""
    return f"""({account} in (select account_id from team_member where case_id = {case}
        union all select account_id from access_grant where case_id = {case} and {_NOW}))"""
