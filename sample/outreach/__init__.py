"""Outreach of the sample year: what the office held and did, and the charity week."""

from __future__ import annotations

from sample.feed import Feed
from sample.outreach import activities, charity


def send(feed: Feed, year: int) -> None:
    """Send the year of outreach."""
    activities.send_activities(feed, year)
    charity.send_week(feed, year)
