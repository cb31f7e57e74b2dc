"""A Wagtail site, as far as Wagtail Live's publishers and LiveStreams see one.

site.py post URL CHANNEL CHANGES    publishes with examples/wagtail/livestreams.py
site.py redis PORT CHANNEL CHANGES  publishes as wagtail_live/publishers/redis/publisher.py does
site.py page URL CHANNEL            prints examples/wagtail/livestreams.html, rendered

CHANGES: {"renders": [[id, show, content], ...], "removals": [id, ...]}
"""

import json
import os
import sys
from datetime import datetime, timezone
from types import SimpleNamespace

import redis
from django.conf import settings
from django.template import Context, Engine
from wagtail_live.publishers.websocket import BaseWebsocketPublisher

command, server, channel, *changes = sys.argv[1:]
settings.configure(LIVESTREAMS_URL=server, LIVESTREAMS_TOKEN=os.environ.get("LIVESTREAMS_TOKEN"), USE_TZ=True)


class Post:
    def __init__(self, id, show, content):
        self.id, self.value, self.content = id, {"show": show}, content

    def render(self, context):
        return f'\n<div class="live-post" data-post-id="{context["block_id"]}">\n<div class="live-post-content">{self.content}</div></div>'


class RedisPubSubPublisher(BaseWebsocketPublisher):
    def publish(self, channel_id, renders, removals):
        message = {"renders": renders, "removals": removals}
        redis.Redis(port=int(server)).publish(f"group_{channel_id}", json.dumps(message))


def publish(publisher):
    update = json.loads(changes[0])
    publisher(sender=None, channel_id=channel, renders=[Post(*post) for post in update["renders"]], removals=update["removals"])


if command == "page":
    live_page = SimpleNamespace(channel_id=channel, last_updated_at=datetime.now(timezone.utc))
    template = Engine(dirs=["examples/wagtail"]).get_template("livestreams.html")
    print(template.render(Context({"self": live_page, "LIVESTREAMS_URL": server})))
elif command == "redis":
    publish(RedisPubSubPublisher())
else:
    from livestreams import LiveStreamsPublisher

    publish(LiveStreamsPublisher())
