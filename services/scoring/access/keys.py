"""What a key writes is approved by nobody who makes keys: they may be who holds it, since only the maker is shown its secret."""

from chassis.access import Viewer
from chassis.identity.principal import is_key
from scoring.access.matrix import MAKES_KEYS


def could_be_own_key(viewer: Viewer, subject: str | None) -> bool:
    """Whether `subject`, as records name who did something, is a key and the viewer is of those who make keys."""
    return subject is not None and is_key(subject) and MAKES_KEYS in viewer.roles
