"""Asking the graph in tests."""

from typing import Any

import httpx


async def ask(client: httpx.AsyncClient, query: str, **variables: Any) -> dict[str, Any]:
    """The data of an operation without errors."""
    answer = await client.post("/graphql", json={"query": query, "variables": variables})
    body: dict[str, Any] = answer.json()
    assert "errors" not in body, body["errors"]
    data: dict[str, Any] = body["data"]
    return data


async def errors_of(client: httpx.AsyncClient, query: str, **variables: Any) -> list[dict[str, Any]]:
    body = (await client.post("/graphql", json={"query": query, "variables": variables})).json()
    errors: list[dict[str, Any]] = body.get("errors", [])
    return errors
