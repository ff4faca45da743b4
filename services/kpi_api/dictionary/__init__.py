"""What the organization measures: outcomes, KPI definitions with their versions, competencies, scorecard templates and the role library."""
