"""How processes log: one line per event on standard output, ids and codes only. Decides format, never content."""

import logging
import sys
from typing import Literal

import structlog
from structlog.tracebacks import ExceptionDictTransformer

NO_LOCALS = structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False))
"""Local variables hold what people typed; by default structlog would write them down with every error."""


def log_as(form: Literal["json", "console"]) -> None:
    """Send our log and that of every library the same way. ``json`` is for machines, ``console`` for eyes."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: tuple[structlog.types.Processor, ...] = (
        (NO_LOCALS, structlog.processors.JSONRenderer())
        if form == "json"
        else (structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
