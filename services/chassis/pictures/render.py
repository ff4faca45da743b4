"""`python -m chassis.pictures.render svg|png`: a Vega-Lite specification on the standard input, its picture on the standard output.

A process of its own, since vl-convert holds Python's lock while it works and cannot be told to stop; and it may use no more than so much
processor time. It fetches nothing: no address is allowed as data.
"""

import json
import resource
import sys
from html import escape
from typing import Any

import vl_convert

VEGA_LITE = "5.21"
PROCESSOR_SECONDS = 60
MAX_PIXELS = 12_000_000


def svg(specification: dict[str, Any]) -> str:
    """The picture with its title and description for those who cannot see it."""
    drawn: str = vl_convert.vegalite_to_svg(specification, vl_version=VEGA_LITE, allowed_base_urls=[])
    start, _, rest = drawn.partition(">")
    title, description = escape(specification["title"]["text"]), escape(specification["description"])
    return f'{start} role="img" aria-labelledby="title desc"><title id="title">{title}</title><desc id="desc">{description}</desc>{rest}'


def png(specification: dict[str, Any]) -> bytes:
    """The picture at twice its size, or less where it is very large."""
    pixels = (specification["width"] + 40) * (specification["height"] + 160)
    scale = min(2.0, (MAX_PIXELS / pixels) ** 0.5)
    picture: bytes = vl_convert.svg_to_png(svg(specification), scale=scale)
    return picture


def main(form: str) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    specification = json.load(sys.stdin)
    sys.stdout.buffer.write(png(specification) if form == "png" else svg(specification).encode())


if __name__ == "__main__":
    main(sys.argv[1])
