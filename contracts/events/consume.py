#!/usr/bin/env python3
"""Takes events from the broker's exchange: keeps each once, prints it, and acknowledges it then. Needs pika (Debian: python3-pika).

    BROKER=amqp://user:password@host:5672 consume.py [EXCHANGE [QUEUE [TYPE…]]]     billing.events, my-events and every type if not given
"""
import json, os, sqlite3, sys
import pika

exchange, queue, *types = (sys.argv[1:] + ["billing.events", "my-events"][len(sys.argv) - 1:])
events = sqlite3.connect(f"{queue}.db")
events.execute("create table if not exists events (source text, id text, type text, body blob, primary key (source, id))")


def take(channel, delivery, _, body):
    event = json.loads(body)
    with events:
        new = events.execute("insert or ignore into events values (?, ?, ?, ?)", (event["source"], event["id"], event["type"], body)).rowcount
    if new:
        print(event["id"], event["type"], event["subject"], flush=True)
    channel.basic_ack(delivery.delivery_tag)


channel = pika.BlockingConnection(pika.URLParameters(os.environ["BROKER"])).channel()
channel.exchange_declare(exchange, "topic", durable=True)
channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
for key in types or ["#"]:
    channel.queue_bind(queue, exchange, key)
channel.basic_qos(prefetch_count=100)
channel.basic_consume(queue, take)
channel.start_consuming()
