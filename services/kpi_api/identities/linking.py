"""From an outside identity to a person: found by its link, linked on first use where the organization allows it, or by an hr_admin.

Whoever links could enter as that person, so a link by an hr_admin holds once a second one, or the person where they are one, has approved
it. Where there is no other, the first approves alone, and the link says so. Unlinking needs one, so that it can be done at once.
"""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, not_, or_, select

from chassis import audit
from chassis.access import Viewer
from chassis.database import Database, ReadSession, WriteSession
from chassis.identifiers import new_id
from chassis.identity import OutsideIdentity, Principal
from chassis.identity.principal import person
from chassis.problems import NotFound, Unauthenticated
from kpi_api.access.models import Grant
from kpi_api.access.problems import NotByTheSame
from kpi_api.access.second_person import somebody_else_could_approve
from kpi_api.identities.models import PersonIdentity
from kpi_api.identities.problems import AlreadyLinked, UnknownIssuer
from kpi_api.identities.schemas import IdentityIn, LinkingSettings
from kpi_api.people.changes import record_person_changed
from kpi_api.people.models import OrganizationProfile, Person

LINK_BY_EMAIL = "link_by_email"


async def find_person(database: Database, identity: OutsideIdentity) -> Principal:
    """The person of an outside identity, linked now where the organization allows it. Raises Unauthenticated for everybody else."""
    async with database.read(identity.organization_id) as session:
        linked = await _find(session, identity)
        speaks = await _speaks(session, linked)
        may_link = linked is None and identity.email is not None and identity.issuer in await _link_by_email(session)
    if may_link:
        async with database.write(identity.organization_id) as writing:
            linked = await _link_by_address(writing, identity)
            speaks = await _speaks(writing, linked)
    if linked is None or not speaks:
        raise Unauthenticated()
    return person(identity.organization_id, linked.person_id)


async def _speaks(session: ReadSession, linked: PersonIdentity | None) -> bool:
    """Asks the database, which `flush` has told of a link that was made just now."""
    if linked is None:
        return False
    return bool(await session.scalar(select(speaks_on(session.today)).where(PersonIdentity.id == linked.id)))


def speaks_on(day: date) -> ColumnElement[bool]:
    """Whether a link opens its person: it is approved and, where an address made it, the person has no granted role.

    Whoever may change addresses could have linked themselves, and waited for the role.
    """
    by_address = PersonIdentity.how == "email"
    return and_(PersonIdentity.approved_at.is_not(None), not_(and_(by_address, _has_role(PersonIdentity.person_id, day))))


def _has_role(person_id: Any, day: date) -> ColumnElement[bool]:
    """Whether somebody holds or will hold a granted role; those are linked by two hr_admins."""
    ends_later = or_(Grant.valid_to.is_(None), Grant.valid_to > day)
    return select(Grant.id).where(Grant.person_id == person_id, Grant.approved_at.is_not(None), ends_later).exists()


async def _find(session: ReadSession, identity: OutsideIdentity) -> PersonIdentity | None:
    """The link of an identity, also one that waits to be approved."""
    found: PersonIdentity | None = await session.scalar(
        select(PersonIdentity).where(
            PersonIdentity.organization_id == session.organization_id,
            PersonIdentity.issuer == identity.issuer,
            PersonIdentity.subject == identity.subject,
        )
    )
    return found


async def _link_by_email(session: ReadSession) -> list[str]:
    profile = await session.get(OrganizationProfile, (session.organization_id, session.organization_id))
    issuers: list[str] = profile.settings.get(LINK_BY_EMAIL, []) if profile else []
    return issuers


async def _link_by_address(session: WriteSession, identity: OutsideIdentity) -> PersonIdentity | None:
    """Link to the one active person with the verified address.

    Not to one who is linked at this issuer already: an address given to somebody else opens no old account. Nor to one with a granted
    role: whoever may change addresses would come in as them. Two first requests at once: the second waits for the person's row and finds
    the link.
    """
    address = (identity.email or "").lower()
    people = (
        await session.scalars(
            select(Person.id)
            .where(
                func.lower(Person.email) == address,
                Person.active,
                or_(Person.termination_date.is_(None), Person.termination_date >= session.today),
            )
            .limit(2)
            .with_for_update()
        )
    ).all()
    if (linked := await _find(session, identity)) is not None:
        return linked
    if len(people) != 1 or await _is_linked_at(session, people[0], identity.issuer):
        return None
    if await session.scalar(select(_has_role(people[0], session.today))):
        return None
    linked = await _link(session, str(people[0]), "email", people[0], identity.issuer, identity.subject)
    linked.approved_by, linked.approved_at = linked.linked_by, session.now
    await session.flush()
    return linked


async def _is_linked_at(session: ReadSession, person_id: UUID, issuer: str) -> bool:
    same = select(PersonIdentity.id).where(PersonIdentity.person_id == person_id, PersonIdentity.issuer == issuer)
    return await session.scalar(same.limit(1)) is not None


async def link(viewer: Viewer, session: WriteSession, trusted: Collection[str], given: IdentityIn) -> PersonIdentity:
    """Link an identity of one of the `trusted` issuers to a person; approved at once where nobody else could.

    Raises NotAllowed, NotFound, UnknownIssuer, AlreadyLinked.
    """
    viewer.require("identities.write")
    require_trusted([given.issuer], trusted, "/issuer")
    if await session.scalar(select(Person.id).where(Person.id == given.person_id).with_for_update()) is None:
        raise NotFound()
    if await _find(session, OutsideIdentity(session.organization_id, given.issuer, given.subject)) is not None:
        raise AlreadyLinked("Somebody signs in with it already, or it waits to be approved. Unlink it there first.", field="/subject")
    linked = await _link(session, viewer.subject, "hr_admin", given.person_id, given.issuer, given.subject)
    if not await somebody_else_could_approve(viewer, session, "identities.write"):
        await _approve(viewer, session, linked, alone=True)
    return linked


async def link_as_operator(session: WriteSession, by: str, person_id: UUID, issuer: str, subject: str) -> PersonIdentity:
    """Link an identity in the name of the operator, who answers for it alone. Raises AlreadyLinked."""
    if await _find(session, OutsideIdentity(session.organization_id, issuer, subject)) is not None:
        raise AlreadyLinked("Somebody signs in with it already, or it waits to be approved. Unlink it there first.", field="/subject")
    linked = await _link(session, by, "operator", person_id, issuer, subject)
    linked.approved_by, linked.approved_at = by, session.now
    return linked


async def approve_link(viewer: Viewer, session: WriteSession, identity_id: UUID) -> PersonIdentity:
    """Approve a link that another hr_admin made; again is harmless. Raises NotAllowed, NotFound, NotByTheSame."""
    linked = await _locked(viewer, session, identity_id)
    if linked.approved_at is not None:
        return linked
    if linked.linked_by == viewer.subject:
        raise NotByTheSame("You linked this identity, so another hr_admin must approve it.")
    await _approve(viewer, session, linked, alone=False)
    return linked


async def _approve(viewer: Viewer, session: WriteSession, linked: PersonIdentity, *, alone: bool) -> None:
    linked.approved_by, linked.approved_at, linked.alone = viewer.subject, session.now, alone
    await session.flush()
    await _record(session, viewer.subject, "identity.approved_alone" if alone else "identity.approved", linked)


async def _link(session: WriteSession, by: str, how: str, person_id: UUID, issuer: str, subject: str) -> PersonIdentity:
    linked = PersonIdentity(
        id=new_id(), person_id=person_id, issuer=issuer, subject=subject, how=how, linked_by=by, linked_at=session.now
    )
    session.add(linked)
    await session.flush()
    await _record(session, by, "identity.linked", linked)
    return linked


async def unlink(viewer: Viewer, session: WriteSession, identity_id: UUID) -> None:
    """From the next request on the identity is nobody's here, and in scoring once it is told. Raises NotAllowed, NotFound."""
    linked = await _locked(viewer, session, identity_id)
    await session.delete(linked)
    await session.flush()
    await _record(session, viewer.subject, "identity.unlinked", linked)


async def _locked(viewer: Viewer, session: WriteSession, identity_id: UUID) -> PersonIdentity:
    viewer.require("identities.write")
    linked = await session.scalar(select(PersonIdentity).where(PersonIdentity.id == identity_id).with_for_update())
    if linked is None:
        raise NotFound()
    return linked


async def _record(session: WriteSession, by: str, action: str, linked: PersonIdentity) -> None:
    await audit.record(session, by, action, "person", linked.person_id, identity_id=str(linked.id), how=linked.how)
    await record_person_changed(session, [linked.person_id])


async def change_settings(
    viewer: Viewer, session: WriteSession, trusted: Collection[str], profile: OrganizationProfile, wanted: LinkingSettings
) -> OrganizationProfile:
    """Say which issuers link by verified e-mail. Raises NotAllowed, UnknownIssuer."""
    viewer.require("identities.write")
    require_trusted(wanted.link_by_email, trusted, "/link_by_email")
    profile.settings = {**profile.settings, LINK_BY_EMAIL: sorted(set(wanted.link_by_email))}
    await session.flush()
    await audit.record(session, viewer.subject, "identity_settings.changed", "organization", profile.id, fields=[LINK_BY_EMAIL])
    return profile


def require_trusted(issuers: Collection[str], trusted: Collection[str], field: str) -> None:
    """Raises UnknownIssuer for one whose tokens this service does not take."""
    if unknown := sorted(set(issuers) - set(trusted)):
        raise UnknownIssuer(f"This service does not trust {', '.join(unknown)}. The operator lists issuers in its settings.", field=field)
