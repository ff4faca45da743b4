"""Who is asking: bearer tokens of trusted issuers, tokens of sibling services and API keys, all turned into a `Principal`.

The chassis only proves the identity. Which person an outside issuer's subject is, whether that person is still active, and what they may
see and do is the service's business (`access`), asked on each request.
"""

from chassis.identity.keys import load_private_key, make_key_files, make_secret_file
from chassis.identity.principal import OutsideIdentity, Principal
from chassis.identity.tokens import SERVICE_TOKEN_LIFE, TokenSigner

__all__ = [
    "SERVICE_TOKEN_LIFE",
    "OutsideIdentity",
    "Principal",
    "TokenSigner",
    "load_private_key",
    "make_key_files",
    "make_secret_file",
]
