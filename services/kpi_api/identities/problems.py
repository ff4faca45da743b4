"""What can be wrong with identities and API keys."""

from chassis.problems import Conflict, Invalid


class UnknownIssuer(Invalid):
    code, title = "unknown_issuer", "Unknown issuer"


class AlreadyLinked(Conflict):
    code, title = "already_linked", "The identity is linked already"


class ExpiryPassed(Invalid):
    code, title = "expiry_passed", "The key would have expired already"


class KeyApproved(Conflict):
    code, title = "key_approved", "The key is approved already"


class KeyEnded(Conflict):
    code, title = "api_key_ended", "The key has ended"
