"""The parts of a Wagtail Live site that LiveStreams meets: the publisher, and the template of the page.

site.py post URL CHANNEL CHANGE    publishes with examples/wagtail/livestreams.py
site.py redis PORT CHANNEL CHANGE  publishes on the Redis channel group_CHANNEL
site.py page URL CHANNEL [live]    prints examples/wagtail/livestreams.html, rendered

CHANGE is the JSON of docs/wagtail.md: {"renders": {id: {"show", "content"}}, "removals": [id, ...]}
"""

import json
import os
import sys
from datetime import datetime, timezone
from types import ModuleType, SimpleNamespace

import redis
from django.conf import settings
from django.template import Context, Engine

command, server, channel, *changes = sys.argv[1:]
settings.configure(LIVESTREAMS_URL=server, LIVESTREAMS_TOKEN=os.environ.get("LIVESTREAMS_TOKEN"), USE_TZ=True)


def by_post(change):
    # The example's base class comes with Wagtail Live, which is not installed here. The example uses only its name.
    websocket = ModuleType("wagtail_live.publishers.websocket")
    websocket.BaseWebsocketPublisher = object
    sys.modules.update({name: ModuleType(name) for name in ("wagtail_live", "wagtail_live.publishers")})
    sys.modules[websocket.__name__] = websocket
    from livestreams import LiveStreamsPublisher

    LiveStreamsPublisher().publish(channel, change["renders"], change["removals"])


def by_redis(change):
    redis.Redis(port=int(server)).publish(f"group_{channel}", json.dumps(change))


def print_page():
    page = SimpleNamespace(channel_id=channel, last_updated_at=datetime.now(timezone.utc))
    template = Engine(dirs=["examples/wagtail"]).get_template("livestreams.html")
    print(template.render(Context({"self": page, "LIVESTREAMS_URL": server, "LIVESTREAMS_LIVE": changes == ["live"]})))


if command == "page":
    print_page()
else:
    {"post": by_post, "redis": by_redis}[command](json.loads(changes[0]))
