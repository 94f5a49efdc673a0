"""How a command ends: with a status that says how it went, and really. Decides no status but that of a refusal."""

import logging
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from iom.refusals import Refused

TEMPORALS_CLIENT = "temporalio.bridge.temporal_sdk_bridge"


@contextmanager
def leaving() -> Iterator[None]:
    """Do what is in the block, then end the process: status 2 and one sentence if it was Refused, 1 for an error.

    A process that has loaded Temporal's client leaves without taking the interpreter down. Else it may wait for ever:
    the interpreter for a thread of the client, and that thread for the interpreter (seen with temporalio 1.35, one
    worker in four that was told to stop under load; issue 300 of its repository is the same family).
    """
    status = 0
    try:
        yield
    except Refused as refusal:
        print(refusal.sentence, file=sys.stderr)
        status = 2
    except SystemExit as end:
        status = int(end.code or 0)
    except Exception:
        traceback.print_exc()
        status = 1
    if TEMPORALS_CLIENT in sys.modules:
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    sys.exit(status)
