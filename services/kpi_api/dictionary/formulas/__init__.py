"""Formulas of definitions: checked when they are written, tried on sample data before they are approved.

Map: `checking` reads formulas against measures, units and parts; `trials` runs them on samples and keeps what came out with the version;
`rest` has the doors, with the grammar of the language for front ends. The language itself is `chassis.expressions`.
"""
