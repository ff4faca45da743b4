"""Which KPI leads to which: a leading one names the lagging one on which it shows later. Apart from contributions, which add up."""
