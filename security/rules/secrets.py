"""Examples of the rules on secrets: what they refuse, and what they let pass."""

import hmac

import structlog

log = structlog.get_logger()


def tell(request, token, line, settings):
    # ruleid: secret-in-a-log
    log.info("signed_in", token=token)
    # ruleid: secret-in-a-log
    log.info("signed_in", given=request.headers)
    # ruleid: secret-in-a-log
    log.warning(f"{line.salary} is too much")
    # ruleid: secret-in-a-log
    log.warning("odd_line", reason=f"{line.amount} is below zero")
    # ruleid: secret-in-a-log
    log.debug("connecting", url=settings.database_url.get_secret_value())
    # ruleid: secret-in-a-log
    structlog.contextvars.bind_contextvars(api_key=request.key)
    # ok: secret-in-a-log
    log.info("signed_in", person_id=request.person_id, path=request.url.path)
    # ok: secret-in-a-log
    line.update(amount=line.amount)


def proves(given, secret, signature, body):
    # ruleid: secret-compared-with-equals
    if given == secret:
        return True
    # ruleid: secret-compared-with-equals
    if hmac.new(secret, body, "sha256").hexdigest() != signature:
        return False
    # ok: secret-compared-with-equals
    if secret is None:
        return False
    # ok: secret-compared-with-equals
    return hmac.compare_digest(given, secret)
