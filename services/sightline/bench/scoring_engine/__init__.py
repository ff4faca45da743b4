"""How fast the scoring engine is and how much memory it takes: a million people with six KPIs each, against what else could do the work.

`material` has the plan and the scorecards, in the form each side computes in. Making either form is not counted, since a run makes the
engine's once, by `compact`, when it gathers its inputs. The engine's side is from the two Arrow tables that a run hands it to the two
Arrow tables that a run keeps: checks of the snapshot, every step in exact integers, raw and capped attainment, weights used, reason codes
per line and all steps per person. A baseline ends with an array of payouts. Both run on one thread, and a figure is printed only when the
payouts of both sides are the same.

Map
- `arrays`       scoring.engine.numpy and scoring.engine.pandas: the same plan by hand, in binary floats, without checks or reasons
- `openfisca`    scoring.openfisca: the same plan as OpenFisca variables, which compute in float32
- `memory`       scoring.engine.memory: the peak of a process, by its inputs
- `growth`       scoring.growth: time per person of a hundred times as many
- `http`         scoring.http: streamed in and out of the service; `echo_server` is the service with the baseline's route
- `explaining`   scoring.explain: one scorecard in words
"""
