"""Whether a definition's version is for somebody of a standing, and in words why not. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from kpi_api.dictionary.applicability.standing import Standing


def why_not(applicability: Mapping[str, Any], standing: Standing, *, for_managers: bool = False) -> list[str]:
    """Reasons why a version is not for somebody; none when it is. `for_managers`: it refers to a competency of managers."""
    return list(_reasons(applicability, standing, for_managers=for_managers))


def _reasons(applicability: Mapping[str, Any], standing: Standing, *, for_managers: bool) -> Iterator[str]:
    roles, grades, leads = (applicability.get(name) for name in ("roles", "grades", "has_direct_reports"))
    if roles and standing.role_code not in roles:
        yield f"It is for the role {' or '.join(roles)}, not for {standing.role_code or 'somebody without a role'}."
    if grades and standing.grade not in grades:
        yield f"It is for grade {' or '.join(grades)}, not for {standing.grade or 'somebody without a grade'}."
    if leads is not None and leads != standing.has_direct_reports:
        yield f"It is for people {'with' if leads else 'without'} direct reports."
    elif for_managers and not standing.has_direct_reports:
        yield "Its competency is for people with direct reports."
