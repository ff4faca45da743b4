"""Import of OKRs: an objective is an outcome, a key result a definition with a KPI."""
