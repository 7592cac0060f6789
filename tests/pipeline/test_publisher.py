"""The publisher on Kafka: it hears what became of each event, also of one that was told before."""

from __future__ import annotations

import asyncio
import json
from importlib import metadata

import asyncpg
from mingjian_publisher.kafka import Topic

from consumers.intake import IntakeApp
from consumers.relay import RelayApp
from infra.settings import Settings
from tests.support.kafka import make_topics
from tests.support.ledger import event
from tests.support.money import a_household
