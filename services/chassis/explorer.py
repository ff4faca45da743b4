"""The REST explorer at /docs: Swagger UI, whose files come from a Python package, so that the browser asks no other host."""

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from chassis.security_headers import page

FILES = "/docs/files"
NO_ICON = "data:,"


def add_explorer(app: FastAPI) -> None:
    """Serve /docs and its files."""

    async def docs() -> HTMLResponse:
        explorer = get_swagger_ui_html(
            openapi_url=app.openapi_url or "",
            title=app.title,
            swagger_js_url=f"{FILES}/swagger-ui-bundle.js",
            swagger_css_url=f"{FILES}/swagger-ui.css",
            swagger_favicon_url=NO_ICON,
        )
        return page(bytes(explorer.body).decode())

    app.add_api_route("/docs", docs, include_in_schema=False)
    app.mount(FILES, StaticFiles(packages=[("fastapi_standalone_docs", "static/swagger")]))
