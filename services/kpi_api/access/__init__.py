"""Who may see and do what: grants, the dated reporting lines, the viewer, and SQL filters of sight. The bottom of kpi_api."""
