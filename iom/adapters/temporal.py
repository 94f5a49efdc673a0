"""The way to Temporal, by its own profile variables (TEMPORAL_ADDRESS and the rest). Knows no workflow."""

import asyncio

import structlog
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.envconfig import ClientConfig
from temporalio.service import RPCError

log = structlog.get_logger()
RETRY_EVERY = 2.0


async def connect_once() -> Client:
    """A client; RuntimeError or RPCError if Temporal cannot be reached now."""
    return await Client.connect(
        **ClientConfig.load_client_connect_config(), data_converter=pydantic_data_converter
    )


async def connect() -> Client:
    """A client, waiting for as long as Temporal is out of reach."""
    while True:
        try:
            return await connect_once()
        except (RuntimeError, RPCError):
            log.warning("temporal_out_of_reach")
            await asyncio.sleep(RETRY_EVERY)
