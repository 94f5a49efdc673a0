"""The parts around a journey: the scheme's people, the settings, and the mail server they name."""

from dataclasses import dataclass
from pathlib import Path

from iom.adapters.settings import Settings
from tests.builders import Scheme
from tests.integration.post_office import PostOffice


@dataclass(frozen=True)
class World:
    """Everything a journey needs but its case. ``record_to`` is where its longest history goes, when recording."""

    scheme: Scheme
    settings: Settings
    post_office: PostOffice
    record_to: Path | None = None
