"""`python -m sightline.bench.scoring_engine.echo_server`: scoring with one more route, which answers a body with itself."""

from dataclasses import replace

from fastapi import APIRouter, Request, Response

from chassis.server import main
from chassis.service import Service
from chassis.transactions import Caller, TransactionalRoute
from scoring.app import make_service

router = APIRouter(prefix="/bench", route_class=TransactionalRoute)


@router.post("/echo")
async def echo(request: Request, caller: Caller) -> Response:
    """What was sent."""
    return Response(await request.body(), media_type=request.headers["content-type"])


def make_service_with_echo() -> Service:
    service = make_service()
    limits = {**service.large_bodies, "/bench/echo": max(service.large_bodies.values())}
    return replace(service, routers=[*service.routers, router], large_bodies=limits)


if __name__ == "__main__":
    main(make_service_with_echo)
