"""`iom rights`: what people are entitled to, and the end of keeping. Everything it does leaves a line in the audit."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO, TypeVar

import typer

from iom.cli.answering import AsJson, answering, say_json, say_table
from iom.cli.speech import say

if TYPE_CHECKING:
    from iom.adapters.database import Connection
    from iom.adapters.deeds.by import By
    from iom.adapters.deeds.erasure import Ground
    from iom.adapters.deeds.retention import Standing
    from iom.retention import RetentionDecision

Answer = TypeVar("Answer")

app = typer.Typer(no_args_is_help=True, help="Subject access, retention, legal hold and erasure.")

OfCase = Annotated[str, typer.Option("--case", metavar="REF", help="The case’s reference, as in LX-4F7Q.")]
ByWhom = Annotated[str, typer.Option("--by", metavar="EMAIL", help="Whose decision it is: an account here.")]
Why = Annotated[str, typer.Option(help="Why. Kept with the case.")]


@app.command("subject-access")
def subject_access(
    case: OfCase,
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="A new folder, for your eyes only.")],
    by: ByWhom,
    recipient: Annotated[str, typer.Option(help="Whom the answer is for. Noted.")] = "the data subject",
    as_json: AsJson = False,
) -> None:
    """Gather everything held on the person of a case into pack.json and pack.md: to decide on, not to send.

    Each item says who must be asked before it is given, and which third parties it names. The gathering is noted as a
    disclosure.
    """
    from iom.adapters import subject_access_file
    from iom.adapters.subject_access import gather

    with answering(as_json=as_json):
        subject_access_file.make_folder(out)
        pack = _done(by, lambda conn, who: gather(conn, who, case, recipient))
        files = [str(file) for file in subject_access_file.write(pack, out)]
    marked = sum(bool(item.third_parties) for item in pack.items)
    if as_json:
        say_json({"items": len(pack.items), "with_third_parties": marked, "files": files})
    else:
        say(f"{len(pack.items)} items, {marked} of which name third parties, are in {' and '.join(files)}.")


@app.command("due")
def due(as_json: AsJson = False) -> None:
    """Cases of people who left the scheme that are to be reviewed, or to be disposed of, by today."""
    from iom.adapters.deeds.retention import due as found_due
    from iom.calendar import london_date

    today = london_date(datetime.now(UTC))
    with answering(as_json=as_json):
        found = asyncio.run(_recorded(lambda conn: found_due(conn, today)))
    lines: list[dict[str, object]] = [
        {
            "case": case.ref,
            "left": at.left_on,
            "group": f"{at.rule.number}{' (assumed)' if at.is_assumed else ''}",
            "review": at.review_on,
            "dispose": at.dispose_on,
            "items": ", ".join(f"{key} {day}" for key, day in at.items.items() if day <= today),
            "hold": "on hold" if at.on_hold else "",
        }
        for case, at in found
    ]
    if as_json:
        say_json({"due": lines})
        return
    say_table(
        ("Case", "Left", "Group", "Review due", "Disposal due", "Items due", ""),
        [tuple(line.values()) for line in lines],
    )
    say(f"{len(lines)} cases.")


@app.command("show")
def show(case: OfCase, as_json: AsJson = False) -> None:
    """How one case stands: its rule, when its review and its disposal are due, whether it is on hold."""
    from iom.adapters.deeds.retention import standing

    with answering(as_json=as_json):
        found = asyncio.run(_recorded(lambda conn: standing(conn, case)))
    told = _told(found)
    say_json(told) if as_json else say_table(("", ""), list(told.items()))


@app.command("review")
def review(
    case: OfCase,
    by: ByWhom,
    group: Annotated[int, typer.Option(help="The retention group: 1 to 4.")],
    necessary: Annotated[str, typer.Option(help="Why it is, or is no longer, necessary.")],
    still_necessary: Annotated[bool, typer.Option("--still-necessary", help="It is kept.")] = False,
    transfer: Annotated[bool, typer.Option("--transfer", help="Its master record takes it over.")] = False,
    dispose: Annotated[bool, typer.Option("--dispose", help="It goes.")] = False,
    harm: Annotated[str, typer.Option(help="What harm they did or may do.")] = "",
    recency: Annotated[str, typer.Option(help="How long ago the last of it was.")] = "",
    protection: Annotated[str, typer.Option(help="Whom keeping it protects.")] = "",
    next_review: Annotated[
        datetime | None,
        typer.Option("--next-review", formats=["%Y-%m-%d"], help="Sooner or later than the rule."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Record whether keeping a case is still necessary. It counts once somebody else signs it: iom rights sign.

    Say one of --still-necessary, --transfer and --dispose.
    """
    from iom.adapters.deeds.retention import Said
    from iom.adapters.deeds.retention import review as record

    with answering(as_json=as_json):
        decision = _decision(still_necessary, transfer, dispose)
        next_on = next_review.date() if next_review else None
        said = Said(decision, group, necessary, harm, recency, protection, next_on)
        _done(by, lambda conn, who: record(conn, who, case, said))
    say_json({"case": case, "decision": decision}) if as_json else say(
        f"Recorded: {decision}. Somebody else signs it with iom rights sign --case {case}."
    )


@app.command("sign")
def sign(case: OfCase, by: ByWhom, as_json: AsJson = False) -> None:
    """Sign a retention review that somebody else recorded. The plan’s step that asked for it is done with it."""
    from iom.adapters.deeds.retention import sign as put_name

    with answering(as_json=as_json):
        decision = _done(by, lambda conn, who: put_name(conn, who, case))
    say_json({"case": case, "decision": decision}) if as_json else say(f"Signed: {decision}.")


@app.command("hold")
def hold(case: OfCase, by: ByWhom, why: Why, as_json: AsJson = False) -> None:
    """Put a case on legal hold: nothing of it is disposed of or erased until the hold is lifted."""
    from iom.adapters.deeds.retention import hold as put_on_hold

    with answering(as_json=as_json):
        _done(by, lambda conn, who: put_on_hold(conn, who, case, why))
    say_json({"case": case, "hold": True}) if as_json else say(f"{case} is on hold.")


@app.command("lift-hold")
def lift_hold(case: OfCase, by: ByWhom, why: Why, as_json: AsJson = False) -> None:
    """Lift a case’s legal hold."""
    from iom.adapters.deeds.retention import lift_hold as lift

    with answering(as_json=as_json):
        _done(by, lambda conn, who: lift(conn, who, case, why))
    say_json({"case": case, "hold": False}) if as_json else say(f"{case} is no longer on hold.")


@app.command("erase")
def erase(
    case: OfCase,
    by: ByWhom,
    reason: Annotated[
        str, typer.Option(help="retention, unlawful, court_order, request_upheld or created_in_error.")
    ],
    certificate: Annotated[Path, typer.Option(metavar="FILE", help="A new file for the certificate.")],
    even_open: Annotated[
        bool, typer.Option("--even-open", help="Even if the plan is open: it ends.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take the person of a case out of the record for good, and write a certificate. There is no way back.

    Refused on legal hold and while the plan is open. With retention as the reason, a signed review must say so.
    Backups keep what they hold until they are gone themselves.
    """
    import json

    from iom.adapters.deeds.erasure import erase as take_out

    with answering(as_json=as_json):
        ground = _ground(reason)
        with _new_file(certificate) as file:
            said = _done(by, lambda conn, who: take_out(conn, who, case, ground, even_open=even_open))
            file.write(json.dumps(said, indent=2) + "\n")
    if as_json:
        say_json(said)
        return
    say(f"{case} is erased: {sum(said['gone'].values())} rows. The certificate is {certificate}.")
    for kept in (each for each in said["kept"] if "rows" in each):
        say(f"Still named in {kept['rows']} rows of {kept['table']}.{kept['column']}: {kept['why']}.")


@app.command("certificate")
def certificate(case: OfCase, as_json: AsJson = False) -> None:
    """The certificate of an erased case, and whether it is as it was written."""
    from iom.adapters.deeds.erasure import as_written, digest
    from iom.adapters.store.erasing import certificate_of
    from iom.refusals import Refused

    with answering(as_json=as_json):
        row = asyncio.run(_recorded(lambda conn: certificate_of(conn, case)))
        if row is None:
            raise Refused("certificate_not_found", "No case of this reference was erased. Check it.")
    said = as_written(row)
    answer = said | {"sound": digest(said) == said["hash"]}
    say_json(answer) if as_json else say_table(("", ""), list(answer.items()))


def _done(email: str, deed: "Callable[[Connection, By], Awaitable[Answer]]") -> Answer:
    """Does a deed in the name of the account with this address, in one transaction."""
    from iom.adapters.deeds.by import By
    from iom.adapters.store import accounts
    from iom.refusals import Refused

    async def doing(conn: "Connection") -> Answer:
        account_id = await accounts.id_of(conn, email)
        actor = await accounts.by_id(conn, account_id) if account_id else None
        if actor is None:
            raise Refused("account_unknown", "Nobody signs in here with that address. Check --by.")
        return await deed(conn, By(actor, "command", datetime.now(UTC)))

    return asyncio.run(_recorded(doing))


async def _recorded(deed: "Callable[[Connection], Awaitable[Answer]]") -> Answer:
    from iom.adapters.database import transaction
    from iom.cli.record import the_record

    async with the_record() as pool, transaction(pool) as conn:
        return await deed(conn)


@contextmanager
def _new_file(path: Path) -> Iterator[TextIO]:
    """Made before anything is erased, for a certificate that cannot be written should stop it; gone if that failed."""
    import os

    from iom.refusals import Refused

    try:
        place = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:
        raise Refused(
            "file_not_writable", f"{path} cannot be made, or is there already. Name a new file."
        ) from None
    try:
        with os.fdopen(place, "w", encoding="utf-8") as file:
            yield file
    except BaseException:
        path.unlink()
        raise


def _decision(keep: bool, transfer: bool, dispose: bool) -> "RetentionDecision":
    from iom.refusals import Refused
    from iom.retention import RetentionDecision

    said = dict(zip(RetentionDecision, (keep, transfer, dispose), strict=True))
    chosen = [decision for decision, is_so in said.items() if is_so]
    if len(chosen) != 1:
        raise Refused("decision_needed", "Say one of --still-necessary, --transfer and --dispose.")
    return chosen[0]


def _ground(reason: str) -> "Ground":
    from iom.adapters.deeds.erasure import Ground
    from iom.refusals import Refused

    if reason not in set(Ground):
        raise Refused("reason_unknown", f"The reason is one of these: {', '.join(Ground)}.")
    return Ground(reason)


def _told(found: "Standing") -> dict[str, object]:
    case, at = found.case, found.clock
    if at is None:
        return {"case": case.ref, "clock": "starts when they leave the scheme", "on_hold": case.on_hold}
    return {
        "case": case.ref,
        "left_on": at.left_on,
        "group": at.rule.number,
        "rule": f"{at.rule.title} [{at.rule.mark}]",
        "group_assumed": at.is_assumed,
        "review_on": at.review_on,
        "dispose_on": at.dispose_on,
        **{f"{key}_until": day for key, day in at.items.items()},
        "on_hold": at.on_hold,
    }
