"""What the imports share: their options, and the way of a table to the services and back as a report."""

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sightline.cli.client import ActAs, Client, OrganizationId, open_client
from sightline.cli.tables import Cells, File, Ignored, Maps, in_columns, read_table, report
from sightline.cli.terminal import AsJson, progress

Answer = dict[str, Any]
Numbered = list[tuple[int, Cells]]
Columns = tuple[Collection[str], Collection[str]]
Send = Callable[[Client, Numbered], Answer]


def table_command(
    columns: Callable[[], Columns], renames: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> Callable[[Send], Callable[..., None]]:
    """Make a command of what sends the numbered rows of a table. Its name and help are those of the function.

    `columns` gives all columns and the required ones; it is called late, since some stand in modules that are slow to load. `renames` says
    in which columns the service's fields of other names stand, for its faults to be told by column.
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
            known, required = columns()
            rows = read_table(file, known, required, column_map, ignore)
            with open_client(organization, act_as) as client, progress(f"Importing {file.name}"):
                answer = send(client, rows)
            report(in_columns(answer, rows, known, renames, column_map), as_json=as_json)

        command.__name__, command.__doc__ = send.__name__, send.__doc__
        return command

    return make


def send_together(client: Client, service: str, path: str, content: Any) -> Answer:
    """Send all rows in one call; the service numbers them as the file does."""
    answer: Answer = client.call(service, "POST", path, json=content).json()
    return answer
