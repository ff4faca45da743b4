"""What a client may ask of a service, each bound a setting: how often, how much, for how long and how slowly.

- `rates`        how many requests a principal may make, and the headers that say so
- `bodies`       how large a body may be
- `json_bodies`  how deep its JSON may be, and how long its numbers
- `durations`    how long a request may take
- `connections`  how many may be open, how large headers may be, and how slowly a client may send and read

docs/limits.md says what each answers.
"""
