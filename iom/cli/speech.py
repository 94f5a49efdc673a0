"""Says things on standard output, at once, and goes on when nobody listens any more. No colour, no markup."""

import os
import sys


def say(words: str = "", end: str = "\n") -> None:
    """Print and flush. A reader who went away (a closed pipe) is no reason to leave a demo half stopped."""
    try:
        print(words, end=end, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
