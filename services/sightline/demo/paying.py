"""January after the year: the run is approved by somebody else than who asked for it, released, and pulled by payroll, twice."""

import asyncio
from typing import Any

from sightline.demo.company import YEAR, Meridale
from sightline.demo.office import DemoFailed, Office

PAY_GROUPS = ["US-SEMIMONTHLY", "UK-MONTHLY"]
CHECK_DATE = "2027-01-29"


async def close_cycle(office: Office, company: Meridale) -> None:
    """HR closes the cycle: scorecards freeze, go to scoring as one snapshot, and are computed there."""
    await office.set_clock(company.administrator, f"{YEAR + 1}-01-18T09:00:00Z")
    path = f"/v1/cycles/{company.cycle_id}"
    company.run_id = (await office.call(company.hr, "kpi_api", "POST", f"{path}/close"))["id"]
    run = f"/v1/runs/{company.run_id}"
    await office.wait_for("the computed run", company.pay, "scoring", run, until=lambda seen: seen["status"] == "computed")


async def approve_and_release(office: Office, company: Meridale) -> None:
    """Whoever closed the cycle had the run computed; a board member approves it, and it is released."""
    run = f"/v1/runs/{company.run_id}"
    await office.call(company.approver, "scoring", "POST", f"{run}/approve")
    await office.call(company.pay, "scoring", "POST", f"{run}/release")
    path = f"/v1/cycles/{company.cycle_id}/closing"
    await office.wait_for(
        "the release in the closing's progress", company.hr, "kpi_api", path, until=lambda seen: seen["status"] == "released"
    )


async def pull_payroll(office: Office, company: Meridale) -> None:
    """Each pay group's batch: previewed, locked, pulled as JSON and CSV, pulled again with the same bytes, acknowledged line by line."""
    company.batches = list(await asyncio.gather(*(_pull(office, company, pay_group) for pay_group in PAY_GROUPS)))


async def _pull(office: Office, company: Meridale, pay_group: str) -> dict[str, Any]:
    clerk = company.clerk
    content = {"pay_group": pay_group, "check_date": CHECK_DATE}
    gathered = await office.call(clerk, "scoring", "POST", "/v1/payroll-batches", json=content)
    path = f"/v1/payroll-batches/{gathered['id']}"
    await office.call(clerk, "scoring", "GET", path)
    await office.call(clerk, "scoring", "POST", f"{path}/lock")
    for accept in ("application/json", "text/csv"):
        first, second = [await office.send(clerk, "scoring", "GET", path, headers={"Accept": accept}) for _ in range(2)]
        if first.content != second.content:
            raise DemoFailed(f"Batch {gathered['id']} changed between two pulls as {accept}.", "This is a bug of ours: report it.")
    batch: dict[str, Any] = await office.call(clerk, "scoring", "GET", path)
    answers = [{"line_id": line["line_id"], "status": "acknowledged"} for line in batch["lines"]]
    await office.bulk(clerk, "scoring", f"{path}/acknowledgements", json={"lines": answers})
    return batch
