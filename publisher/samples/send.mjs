// Sends a JSON Lines file of events (Node 18 or newer):
//   MINGJIAN_URL=http://127.0.0.1:8010 MINGJIAN_KEY=… node send.mjs events.jsonl
// Prints what became of each event. Sent again, nothing counts twice.
import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

const { MINGJIAN_URL, MINGJIAN_KEY } = process.env;
const body = await readFile(process.argv[2]);
const headers = { "Content-Type": "application/x-ndjson" };
if (MINGJIAN_KEY) headers.Authorization = `Bearer ${MINGJIAN_KEY}`;

async function post(tries = 5) {
  try {
    const response = await fetch(`${MINGJIAN_URL}/events`, { method: "POST", headers, body });
    if (response.status !== 429 && response.status < 500) return response;
    if (tries === 1) return response;
    await pause(1000 * Number(response.headers.get("retry-after") ?? 1));
  } catch (error) {
    if (tries === 1) throw error;
    await pause(1000); // nobody there, or the answer was lost: the same may be sent again
  }
  return post(tries - 1);
}

const response = await post();
const text = await response.text();
if (!response.ok) {
  console.error(text);
  process.exit(2);
}
const outcomes = text.trim().split("\n").map((line) => JSON.parse(line));
for (const { line, id, outcome, faults = [], errors = [] } of outcomes) {
  console.log(line, id ?? "?", outcome);
  for (const { code, pointer, remedy } of faults) console.log(" ", code, pointer, remedy?.zh, "/", remedy?.en);
  // Refused at the door, and not kept: the code stands at the head of the detail.
  for (const { pointer, detail, expected } of errors) console.log(" ", pointer, detail, expected);
}
process.exit(outcomes.some(({ outcome }) => ["quarantined", "refused"].includes(outcome)) ? 1 : 0);
