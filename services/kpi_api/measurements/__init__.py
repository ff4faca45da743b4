"""What was measured: appended values per KPI part and period, corrections of them, and the actual a window adds up to."""
