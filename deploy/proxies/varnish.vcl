# Varnish 7.1 as a cache of history: docs/deploy/proxies.md. Streams pass through. TLS ends in front of it.
vcl 4.1;

backend livestreams {
    .host = "127.0.0.1";
    .port = "8080";
}

sub vcl_recv {
    if (req.url ~ "^(/pages/[^/?]+)?/events([?]|$)") {
        # A stream is not a response to buffer or to time out: a heartbeat comes every 15 s.
        return (pipe);
    }

    if (req.method == "GET" && req.url ~ "^/pages/[^/?]+/updates([?]|$)") {
        # A block has two formats. Without this, it would be kept once for each browser's Accept.
        if (req.http.Accept ~ "application/x-ndjson") {
            set req.http.Accept = "application/x-ndjson";
        } else {
            unset req.http.Accept;
        }

        # Requests with a cookie are not served from the cache. Only a token makes a difference to LiveStreams.
        if (req.http.Cookie !~ "livestreams_token") {
            unset req.http.Cookie;
        }
    }
}
