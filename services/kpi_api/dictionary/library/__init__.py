"""The role library: the KPIs, competencies, outcomes and templates that ship, as data.

Map: `roles/` one file per role of S0 with its five KPIs and its template; `examples.yaml` S0's tables of types, the controllability
example and S1's launch, with the KPIs they need; `competencies.yaml`; `outcomes.yaml`. `contents` says what the files hold.
"""

from kpi_api.dictionary.library.contents import Library, LibraryKpi, LibraryRole
from kpi_api.dictionary.library.loading import load_library

__all__ = ["Library", "LibraryKpi", "LibraryRole", "load_library"]
