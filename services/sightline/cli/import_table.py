"""What the imports share: their options, and the way of a table to the services and back as a report."""

from collections.abc import Callable, Collection
from typing import Any

from sightline.cli.client import ActAs, Client, OrganizationId, open_client
from sightline.cli.tables import Cells, File, Ignored, Maps, read_table, report
from sightline.cli.terminal import AsJson, progress

Answer = dict[str, Any]
Numbered = list[tuple[int, Cells]]
Columns = tuple[Collection[str], Collection[str]]
Send = Callable[[Client, Numbered], Answer]


def table_command(columns: Callable[[], Columns]) -> Callable[[Send], Callable[..., None]]:
    """Make a command of what sends the numbered rows of a table. Its name and help are those of the function.

    `columns` gives all columns and the required ones; it is called late, since some stand in modules that are slow to load.
    """

    def make(send: Send) -> Callable[..., None]:
        def command(
            file: File,
            column_map: Maps = None,
            ignore: Ignored = None,
            organization: OrganizationId = None,
            act_as: ActAs = None,
            as_json: AsJson = False,
        ) -> None:
            rows = read_table(file, *columns(), column_map, ignore)
            with open_client(organization, act_as) as client, progress(f"Importing {file.name}"):
                answer = send(client, rows)
            report(answer, as_json=as_json)

        command.__name__, command.__doc__ = send.__name__, send.__doc__
        return command

    return make


def send_together(client: Client, service: str, path: str, content: Any) -> Answer:
    """Send all rows in one call. What the service says of a row names it as the file does."""
    answer: Answer = client.call(service, "POST", path, json=content).json()
    return answer
