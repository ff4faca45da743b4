"""The form a picture is answered in, by `Accept`: SVG (also where anything will do), PNG, or the Vega-Lite specification."""

from typing import Annotated, Any, Final, Literal

import orjson
from fastapi import Depends, Header, Request, Response

from chassis.app import NOT_ACCEPTABLE
from chassis.pictures.rendering import RENDERER, Form, Renderer, Specification
from chassis.problems import Problem

ChosenForm = Form | Literal["vegalite"]

VEGA_LITE: Final = "application/vnd.vegalite.v5+json"
MEDIA_TYPES: Final[dict[ChosenForm, str]] = {"svg": "image/svg+xml", "png": "image/png", "vegalite": VEGA_LITE}
FORMS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The picture.",
        "content": {
            "image/svg+xml": {"schema": {"type": "string"}},
            "image/png": {"schema": {"type": "string", "format": "binary"}},
            VEGA_LITE: {"schema": {"type": "object"}},
        },
    },
    **NOT_ACCEPTABLE,
}


class NoSuchForm(Problem):
    status, code, title = 406, "picture_form", "No such form of the picture"


def chosen_form(accept: Annotated[str, Header(description=f"One of {', '.join(MEDIA_TYPES.values())}.")] = "image/svg+xml") -> ChosenForm:
    """The first of our media types that is accepted. Raises NoSuchForm."""
    for given in accept.lower().split(","):
        wanted = given.partition(";")[0].strip()
        for form, media_type in MEDIA_TYPES.items():
            if wanted in {media_type, "*/*"} or (wanted == "image/*" and form == "svg"):
                return form
    raise NoSuchForm(f"The picture is there as {', '.join(MEDIA_TYPES.values())}.")


ByAccept = Annotated[ChosenForm, Depends(chosen_form)]


async def picture_response(request: Request, drawing: Specification, form: ChosenForm) -> Response:
    """The picture in its form; it is best drawn after the transaction has ended, since that takes a while and needs no connection."""
    headers = {"Vary": "Accept"}
    if form == "vegalite":
        return Response(orjson.dumps(drawing), media_type=VEGA_LITE, headers=headers)
    renderer: Renderer = request.app.state.resources[RENDERER]
    return Response(await renderer.draw(drawing, form), media_type=MEDIA_TYPES[form], headers=headers)
