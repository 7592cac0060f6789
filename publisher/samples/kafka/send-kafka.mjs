// Sends a JSON Lines file of events to Kafka (Node 18 or newer, `npm install kafkajs`):
//   node send-kafka.mjs events.jsonl 127.0.0.1:9092 mingjian.intake.payouts
// Prints where each stands, as receipts name it in `offset`. Sent again, nothing counts twice.
import { readFile } from "node:fs/promises";
import { Kafka, logLevel } from "kafkajs";

const [, , file, bootstrap, topic] = process.argv;
const kafka = new Kafka({ clientId: "sender", brokers: [bootstrap], logLevel: logLevel.ERROR });
const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
const headers = { "content-type": "application/cloudevents+json; charset=utf-8" };

await producer.connect();
try {
  for (const value of (await readFile(file, "utf8")).trim().split("\n")) {
    // One key for all: they stay in order. The value is the whole event (structured).
    const messages = [{ key: topic, headers, value }];
    const [{ partition, baseOffset }] = await producer.send({ topic, acks: -1, messages });
    console.log(`${partition}/${baseOffset}`);
  }
} finally {
  await producer.disconnect();
}
