"""The microservice chassis: HTTP, PostgreSQL, identity and time for both services. It holds no domain word.

Map
- `service`     what a service is made of: routers, jobs, subscriptions; `app` turns it into an ASGI application, `worker` into a worker
- `settings`    every setting, in prose
- `database`    engines, read and write transactions, the row bases; `row_security` the policies behind them
- `clock`       the moment of a transaction, movable in development
- `identity`    who is asking: tokens, API keys, service tokens
- `problems`    errors as RFC 9457 problems; `pagination`, `etags`, `idempotency` the rest of HTTP's manners
- `events`      what happened, written with the change; `sequencer` numbers it after commit; `audit` who read or changed what
- `jobs`        durable work, enqueued in the writer's transaction
- `webhooks`    signed messages out and in
- `documents`, `numbers`, `expressions`  pure: strict YAML, exact decimals, formulas
"""
