"""The page at /graphql/explorer on which to try the graph. It is ours and whole: the browser asks no other host."""

from importlib.resources import files

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from chassis.security_headers import page

router = APIRouter()

PAGE = files("kpi_api.graphql").joinpath("explorer.html").read_text(encoding="utf-8")


@router.get("/graphql/explorer", include_in_schema=False)
async def explorer() -> HTMLResponse:
    return page(PAGE)
