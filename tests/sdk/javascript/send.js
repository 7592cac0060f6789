// Writes what the CloudEvents SDK for JavaScript makes of events: one JSON object a line.
import { readFileSync } from "node:fs";
import { CloudEvent, HTTP, Kafka } from "cloudevents";

const bytes = (value) =>
  Buffer.from(typeof value === "string" || Buffer.isBuffer(value) ? value : JSON.stringify(value));

// kafkajs takes no header without a value; the SDK leaves them in.
const set = (headers) =>
  Object.entries(headers)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => [name, String(value)]);

const print = (over, mode, headers, value) =>
  console.log(
    JSON.stringify({ over, mode, headers: set(headers), value: bytes(value).toString("base64") }),
  );

for (const told of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
  const event = new CloudEvent(told); // without datacontenttype, which is optional
  for (const mode of ["binary", "structured"]) {
    const record = Kafka[mode](event);
    print("kafka", mode, record.headers, record.value);
    const request = HTTP[mode](event);
    print("http", mode, request.headers, request.body);
  }
}
