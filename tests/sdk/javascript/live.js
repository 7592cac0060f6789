// Sends events to a broker with kafkajs, as the CloudEvents SDK makes records of them:
//   node live.js events.json 127.0.0.1:9092 mingjian
import { readFileSync } from "node:fs";
import { CloudEvent, Kafka as Binding } from "cloudevents";
import { Kafka, logLevel } from "kafkajs";

const [, , events, bootstrap, prefix] = process.argv;
const kafka = new Kafka({ clientId: "live", brokers: [bootstrap], logLevel: logLevel.ERROR });
const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });

const bytes = (value) =>
  typeof value === "string" || Buffer.isBuffer(value) ? value : JSON.stringify(value);

// kafkajs takes no header without a value; the SDK leaves them in.
const set = (headers) =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [name, String(value)]),
  );

await producer.connect();
for (const mode of ["binary", "structured"]) {
  for (const told of JSON.parse(readFileSync(events, "utf8"))) {
    const { headers, value } = Binding[mode](new CloudEvent(told));
    await producer.send({
      topic: `${prefix}.intake.${told.source}`,
      acks: -1,
      messages: [{ headers: set(headers), value: bytes(value) }],
    });
  }
}
await producer.disconnect();
