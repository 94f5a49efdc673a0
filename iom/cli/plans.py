"""`iom plans`: the plans as the record and Temporal have them, and starting them all again. Changes no record."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from iom.cli.answering import AsJson, answering, london, say_json, say_table
from iom.cli.speech import say

if TYPE_CHECKING:
    from iom.adapters.store.plan_views import PlanRow
    from iom.cli.plan_lookup import InTemporal, PlanShown

app = typer.Typer(no_args_is_help=True, help="The plans that run for every open case.")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """The plan of every open case: how long its log is, how far the plan has read it, how many steps are open.

    A plan that stays behind for more than a few seconds has no worker or no Temporal to run on.
    """
    import asyncio

    from iom.cli.plan_lookup import open_plans

    with answering(as_json=as_json):
        plans = asyncio.run(open_plans())
    if as_json:
        say_json({"plans": [asdict(plan) for plan in plans]})
        return
    say_table(
        ("Case", "Cohort", "Grade", "Opened", "Log", "Read", "Open steps"), [_line(plan) for plan in plans]
    )
    behind = sum(plan.acknowledged_seq < plan.last_seq for plan in plans)
    say(f"{len(plans)} plans, {behind} of them behind their log.")


@app.command("show")
def show(
    ref: Annotated[str, typer.Argument(metavar="REF", help="The case's reference, as in LX-4F7Q.")],
    as_json: AsJson = False,
) -> None:
    """One plan: what the record says it is, what it does next, and what Temporal holds of it.

    The record is what counts. If Temporal has lost the plan, `iom plans rebuild` starts it again from the record.
    """
    import asyncio

    from iom.cli.plan_lookup import look_up

    with answering(as_json=as_json):
        shown = asyncio.run(look_up(ref))
    if as_json:
        say_json(asdict(shown))
    else:
        _show(shown)


@app.command("rebuild")
def rebuild(as_json: AsJson = False) -> None:
    """Start the plan of every open case again, from the record alone; wake those that run, and their interventions.

    For when Temporal has lost everything, and after each release. Nobody is reminded twice: the record knows which
    letters were written. Running it again does no harm.
    """
    import asyncio

    from iom.cli.plan_lookup import rebuild_all

    with answering(as_json=as_json):
        count = asyncio.run(rebuild_all())
    say_json({"plans": count}) if as_json else say(f"{count} plans are started or woken.")


def _line(plan: "PlanRow") -> tuple[object, ...]:
    opened = london(plan.opened_at)
    return plan.ref, plan.cohort, plan.rag, opened, plan.last_seq, plan.acknowledged_seq, plan.open_steps


def _show(shown: "PlanShown") -> None:
    say(
        f"{shown.ref}: {shown.grade or 'not graded'}, {', '.join(shown.programmes) or 'no programme running'}."
    )
    say(f"The log has {shown.last_seq} entries.")
    say_table(
        ("Open step", "Owner", "Due (London)"),
        [(step.title, step.owner, london(step.due_at)) for step in shown.steps],
    )
    if shown.next_at:
        say(f"Next: {str(shown.next_kind).replace('_', ' ')}, {london(shown.next_at)}.")
    say(_of_temporal(shown.temporal, shown.last_seq))
    for intervention in shown.interventions:
        say(_of_intervention(intervention))


def _of_temporal(found: "InTemporal", last_seq: int) -> str:
    match found.state:
        case "unreachable":
            return "Temporal cannot be reached: the plan goes on when it is back. Its address is TEMPORAL_ADDRESS."
        case "missing":
            return "Temporal does not know this plan. Start it from the record: iom plans rebuild."
        case "running" if found.seq is None:
            return f"Temporal runs {found.workflow_id}, but no worker answers for it. Start one: iom worker."
        case "running":
            return f"Temporal runs {found.workflow_id}, which has read {found.seq} of {last_seq} entries."
        case _:
            return f"In Temporal, {found.workflow_id} is {found.state}."


def _of_intervention(found: "InTemporal") -> str:
    """An intervention reads on when people have written something: that it is behind the plan's acts says nothing."""
    if found.state == "running":
        return f"Temporal runs {found.workflow_id}."
    return f"In Temporal, {found.workflow_id} is {found.state}. Begin it again: iom plans rebuild."
