#!/usr/bin/env python3
"""Receives events by webhook: refuses what is not signed with the key, keeps each event once, prints it.

    WEBHOOK_SECRET=whsec_… receive.py [PORT [DATABASE]]        port 9000 and events.db if not given; port 0 is a free one
"""
import base64, hashlib, hmac, json, os, sqlite3, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer

SECRETS = [base64.b64decode(secret.removeprefix("whsec_")) for secret in os.environ["WEBHOOK_SECRET"].split()]
LARGEST = 1 << 20


def is_genuine(headers, body):
    sent, at = headers.get("webhook-signature", ""), headers.get("webhook-timestamp", "")
    if not at.isdigit() or abs(time.time() - int(at)) > 300:
        return False
    signed = f"{headers.get('webhook-id')}.{at}.".encode() + body
    expected = ["v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode() for secret in SECRETS]
    return any(hmac.compare_digest(one, other) for one in sent.split() for other in expected)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(min(int(self.headers.get("content-length", 0)), LARGEST))
        if not is_genuine(self.headers, body):
            return self.answer(401)
        event = json.loads(body)
        # the event is kept before it is acknowledged, under the id that it keeps however often it comes
        with events:
            new = events.execute("insert or ignore into events values (?, ?, ?, ?)", (event["source"], event["id"], event["type"], body)).rowcount
        if new:
            print(event["id"], event["type"], event["subject"], flush=True)
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_):
        pass


events = sqlite3.connect(sys.argv[2] if len(sys.argv) > 2 else "events.db")
events.execute("create table if not exists events (source text, id text, type text, body blob, primary key (source, id))")
server = HTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 9000), Receiver)
print(f"Receiving on http://127.0.0.1:{server.server_port}/", flush=True)
server.serve_forever()
