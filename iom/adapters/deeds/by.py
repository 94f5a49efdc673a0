"""Who does a deed, through what and when: what every deed needs to know besides itself."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4, uuid5

from iom.access import Actor, Deed, check_agreement, may
from iom.adapters.database import Connection
from iom.adapters.store import audit
from iom.adapters.store.audit import Look
from iom.calendar import london_date
from iom.refusals import Refused


@dataclass(frozen=True)
class By:
    """The person, the channel (page, api, command), the address and the moment (aware UTC) of a deed.

    ``key`` is what the caller named the request: the same key again gets the first answer. ``session_id`` names the
    browser's session, if there is one, and opens none.
    """

    actor: Actor
    channel: str
    now: datetime
    address: str = ""
    key: str | None = None
    session_id: UUID | None = None

    @property
    def request_id(self) -> UUID:
        """Unique for this person and key; fresh where no key was given."""
        return uuid5(self.actor.account_id, self.key) if self.key else uuid4()

    def check(self, deed: Deed, *, on_team: bool) -> None:
        """Raises Refused(not_allowed) unless this person may do this."""
        if not may(self.actor.role, deed, on_team=on_team):
            raise Refused(
                "not_allowed", "Your role does not allow this on this case. Ask the coordinator if it should."
            )
        self.check_agreement()

    def check_agreement(self) -> None:
        """Raises Refused(agreement_expired). Asked before a case is held: PostgreSQL holds none for such a person."""
        check_agreement(self.actor, london_date(self.now))

    async def note(
        self,
        conn: Connection,
        action: str,
        thing: str,
        case_id: UUID | None,
        purpose: str,
        *,
        terms: str | None = None,
        justification: str | None = None,
        recipient: str | None = None,
    ) -> None:
        """Leaves this in the record of looks. ``terms`` are what a search asked for, ``recipient`` who was told."""
        look = Look(
            account_id=self.actor.account_id,
            role=self.actor.role,
            agency_id=self.actor.agency_id,
            session_id=self.session_id,
            action=action,
            object=thing,
            purpose=purpose,
            channel=self.channel,
            case_id=case_id,
            address=self.address,
            terms=terms,
            justification=justification,
            recipient=recipient,
        )
        await audit.write(conn, look, self.now)
