"""A publisher for Wagtail Live: each change of a live page becomes one update of the LiveStreams page with its channel ID as name."""

import logging
import uuid
from urllib.parse import quote

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.util import Retry
from wagtail_live.publishers.websocket import BaseWebsocketPublisher

logger = logging.getLogger(__name__)

# A retry is safe: all requests with one Idempotency-Key publish one update.
retry = Retry(3, backoff_factor=0.2, status_forcelist=[429, 502, 503, 504], allowed_methods=["POST"])
session = requests.Session()
session.mount("http", HTTPAdapter(max_retries=retry))


class LiveStreamsPublisher(BaseWebsocketPublisher):
    def publish(self, channel_id, renders, removals):
        url = f"{settings.LIVESTREAMS_URL}/pages/{quote(channel_id, safe='')}/updates"
        changes = {"renders": renders, "removals": removals}
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        if token := getattr(settings, "LIVESTREAMS_TOKEN", None):
            headers["Authorization"] = f"Bearer {token}"
        try:
            session.post(url, json=changes, headers=headers, timeout=5).raise_for_status()
        except requests.RequestException:
            logger.exception("Publishing to %s failed: its readers do not see this change until they reload the page.", url)
