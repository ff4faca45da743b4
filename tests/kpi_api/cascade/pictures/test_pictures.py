"""Pictures by their doors: the form by `Accept`, nothing that the viewer does not see, texts that cannot break out, and bounds."""

import asyncio
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from chassis.identifiers import new_id
from chassis.pictures import rendering
from chassis.pictures.rendering import PictureUnavailable, Renderer
from tests.kpi_api.cascade.company import Company, kpi

SVG = {"Accept": "image/svg+xml"}
PNG = {"Accept": "image/png"}
DATA = {"Accept": "application/vnd.vegalite.v5+json"}


async def see(company: Company, who: str, path: str, accept: dict[str, str] = DATA, **params: Any) -> httpx.Response:
    client = await (company.admin() if who == "admin" else company.client(who))
    return await client.get(path, params=params, headers=accept)


def of_kpi(kpi_id: str) -> str:
    return f"/v1/kpis/{kpi_id}/line-of-sight/picture"


def of_unit(company: Company, code: str) -> str:
    return f"/v1/units/{company.units[code].id}/cascade/picture"


def boxes(answer: httpx.Response) -> dict[str, dict[str, Any]]:
    """By id the boxes of a specification."""
    assert answer.status_code == 200, answer.text
    layers = answer.json()["layer"]
    return {value["id"]: value for layer in layers for value in layer["data"]["values"] if "words" in value}


async def test_a_line_of_sight_is_drawn_as_svg_with_words_for_who_cannot_see_it(company: Company) -> None:
    ids = await company.cascade()

    answer = await see(company, "eli", of_kpi(ids["eli"]), SVG)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert "Accept" in answer.headers["vary"]
    root = ElementTree.fromstring(answer.text)  # noqa: S314  # our own answer
    space = {"svg": "http://www.w3.org/2000/svg"}
    title, description = root.find("svg:title", space), root.find("svg:desc", space)
    assert title is not None
    assert title.text == "Line of sight of “Revenue of eli”"
    assert description is not None
    assert "“Revenue of eli” contributes to “Revenue of north”" in (description.text or "")
    drawn = "".join(root.itertext())
    for words in ("Revenue of growth", "Strategic", "Individual", "active", "Level", "Status"):
        assert words in drawn
    assert "http://" not in answer.text.replace("http://www.w3.org/", "")


async def test_png_and_specification_are_there_by_accept(company: Company) -> None:
    ids = await company.cascade()

    png, data = [await see(company, "eli", of_kpi(ids["eli"]), accept) for accept in (PNG, DATA)]
    anything, first = [await see(company, "eli", of_kpi(ids["eli"]), {"Accept": text}) for text in ("*/*", "text/html, image/*;q=0.8")]
    refused = await see(company, "eli", of_kpi(ids["eli"]), {"Accept": "text/html"})

    assert (png.headers["content-type"], png.content[:8]) == ("image/png", b"\x89PNG\r\n\x1a\n")
    assert data.headers["content-type"] == "application/vnd.vegalite.v5+json"
    assert data.json()["$schema"] == "https://vega.github.io/schema/vega-lite/v5.json"
    assert {answer.headers["content-type"] for answer in (anything, first)} == {"image/svg+xml"}
    assert (refused.status_code, refused.json()["code"]) == (406, "picture_form")


async def test_upward_no_person_is_named_and_the_asked_kpi_is_marked(company: Company) -> None:
    ids = await company.cascade()

    drawn = boxes(await see(company, "eli", of_kpi(ids["eli"])))

    assert set(drawn) == {ids[code] for code in ("eli", "north", "sales", "field", "growth")}
    assert drawn[ids["eli"]]["emphasis"] == "asked for"
    assert drawn[ids["eli"]]["detail"][0].startswith("North · at least 450")
    assert drawn[ids["growth"]]["words"] == "Strategic: Revenue of growth. Vale · at least 450,000 USD per quarter. active."


async def test_downward_shows_owners_to_who_leads_them_and_no_person_to_who_looks_up(company: Company) -> None:
    ids = await company.cascade()
    await company.create(kpi("fay", "individual", person="fay", to=["north"]))

    of_ida = boxes(await see(company, "ida", of_kpi(ids["growth"]), direction="down"))
    of_fay = await see(company, "fay", of_kpi(ids["growth"]), direction="down")

    assert of_ida[ids["eli"]]["detail"][0].startswith("eli · ")
    assert ids["eli"] not in of_fay.text
    assert "Revenue of eli" not in of_fay.text
    assert [box["detail"][0].split(" · ")[0] for box in boxes(of_fay).values()] == ["Vale", "Field", "Sales", "North", "fay"]


async def test_who_does_not_see_the_kpi_gets_no_picture(company: Company) -> None:
    ids = await company.cascade()

    for direction in ("up", "down"):
        hidden = await see(company, "hal", of_kpi(ids["eli"]), SVG, direction=direction)
        never = await see(company, "hal", of_kpi(str(new_id())), SVG, direction=direction)
        assert (hidden.status_code, hidden.json()) == (404, never.json())


async def test_a_unit_is_drawn_with_what_is_folded(company: Company) -> None:
    await company.cascade()

    whole = await see(company, "ida", of_unit(company, "vale"))
    folded = await see(company, "ida", of_unit(company, "vale"), fold=str(company.units["sales"].id))
    empty = await see(company, "hal", of_unit(company, "sales"), SVG)

    assert len(boxes(whole)) == 5
    group = boxes(folded)[str(company.units["sales"].id)]
    assert (group["name"], group["detail"], group["level"], group["emphasis"]) == (["Sales"], ["3 KPIs of 1 person"], "Function", "folded")
    assert "Sales has no KPI that you see." in empty.text


async def test_so_many_boxes_at_most_are_drawn_and_never_more_than_read(company: Company) -> None:
    await company.cascade()
    path = of_unit(company, "vale")
    whole = boxes(await see(company, "ida", path))

    glance = boxes(await see(company, "ida", path, limit=len(whole) - 1))
    too_many = await see(company, "ida", path, limit=301)

    assert len(glance) < len(whole)
    assert any(box["emphasis"] == "folded" for box in glance.values())
    assert not any(box["emphasis"] == "folded" for box in whole.values())
    assert (too_many.status_code, too_many.json()["errors"][0]["field"]) == (422, "/query/limit")


async def test_names_cannot_break_out_of_the_picture(company: Company) -> None:
    name = "</text><script>alert(1)</script> & “datum.x” {{7*7}} 顧客"
    ids = await company.create(kpi("growth", "strategic", unit="vale", name=name))

    answer = await see(company, "ida", of_kpi(ids["growth"]), SVG)

    root = ElementTree.fromstring(answer.text)  # noqa: S314  # our own answer
    assert not [element for element in root.iter() if element.tag.endswith("script")]
    assert name in "".join(root.itertext())


async def test_a_picture_that_takes_too_long_is_ended_and_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "SECONDS", 0.2)
    monkeypatch.setattr(rendering, "PROGRAM", ("/bin/sh", "-c", "exec sleep 60"))

    with pytest.raises(PictureUnavailable, match="too long"):
        await Renderer().draw({"title": {}}, "svg")


async def test_more_pictures_than_can_wait_are_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "PROGRAM", ("/bin/sh", "-c", "cat >/dev/null; sleep 0.3; echo drawn"))
    renderer = Renderer()

    answers = await asyncio.gather(*(renderer.draw({}, "svg") for _ in range(12)), return_exceptions=True)

    assert [answer for answer in answers if isinstance(answer, bytes)] == [b"drawn\n"] * 8
    refused = [answer for answer in answers if isinstance(answer, PictureUnavailable)]
    assert len(refused) == 4
    assert refused[0].headers == {"Retry-After": "5"}


async def test_a_specification_that_asks_for_the_network_is_not_drawn() -> None:
    """The boundary below our own specifications, which never ask."""
    asking = {"title": {"text": ""}, "description": "", "data": {"url": "http://127.0.0.1:9/data.json"}, "mark": "point"}

    with pytest.raises(PictureUnavailable, match="could not be drawn"):
        await Renderer().draw(asking, "svg")
