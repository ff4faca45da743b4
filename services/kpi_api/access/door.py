"""The door's way to a viewer: `CurrentViewer` in an endpoint's signature."""

from typing import Annotated

from fastapi import Depends

from chassis.access import Viewer
from chassis.transactions import Caller, Read
from kpi_api.access.viewer import load_viewer


async def current_viewer(principal: Caller, session: Read) -> Viewer:
    """The viewer of this request. Raises Unauthenticated."""
    return await load_viewer(principal, session)


CurrentViewer = Annotated[Viewer, Depends(current_viewer)]


async def feed_reader(viewer: CurrentViewer) -> Viewer:
    """Who may read the event feed. Raises NotAllowed."""
    viewer.require("events.read")
    return viewer


async def webhook_administrator(viewer: CurrentViewer) -> Viewer:
    """Who may manage webhooks. Raises NotAllowed."""
    viewer.require("webhooks.write")
    return viewer


async def clock_mover(viewer: CurrentViewer) -> Viewer:
    """Who may move the organization's clock, in development. Raises NotAllowed."""
    viewer.require("organization.write")
    return viewer
