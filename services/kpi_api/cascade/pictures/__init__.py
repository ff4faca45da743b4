"""Pictures of the cascade: a line of sight up or down, or a unit's cascade, as SVG, PNG or a Vega-Lite specification.

Map
- `picture`        what is drawn: boxes and links, made of what the viewer sees
- `layout`         where each box stands: levels from top to bottom, each KPI near what it contributes to. Pure
- `labels`         texts that fit into a box. Pure
- `specification`  the picture as a Vega-Lite specification. Pure
- `rest`           the doors; `chassis.pictures` draws
"""
