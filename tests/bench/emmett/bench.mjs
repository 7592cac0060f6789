// Emmett on PostgreSQL: one payment, one command, one commit, as its own pages show it.
//
// It gets what helps it: parsed JSON without a contract to check and without Kafka, a connection
// pool, the cases appended beforehand, and a projection inline, in the transaction of the append,
// so that the totals are there at the commit and nothing is polled. Payments come one after the
// other, as they do for all: two of one case must not overtake each other.
//
// node bench.mjs URL CASES PAYMENTS (files of JSON Lines) prints {seconds, breaches, unknown}.

import { readFileSync } from 'node:fs';
import { CommandHandler } from '@event-driven-io/emmett';
import {
  getPostgreSQLEventStore,
  postgreSQLRawSQLProjection,
} from '@event-driven-io/emmett-postgresql';
import { SQL } from '@event-driven-io/dumbo';

const [url, casesFile, paymentsFile] = process.argv.slice(2);
const lines = (path) => readFileSync(path, 'utf8').split('\n').filter(Boolean);

const totals = postgreSQLRawSQLProjection({
  name: 'monthly-total',
  canHandle: ['PaymentSettled'],
  init: () => SQL`CREATE TABLE IF NOT EXISTS monthly_total (
    township text, programme text, month text, fen bigint, payments bigint,
    PRIMARY KEY (township, programme, month))`,
  evolve: ({ data }) => SQL`INSERT INTO monthly_total VALUES (
      ${data.township}, ${data.programme}, ${data.settled_on.slice(0, 7)}, ${data.amount_fen}, 1)
    ON CONFLICT (township, programme, month) DO UPDATE SET
      fen = monthly_total.fen + excluded.fen, payments = monthly_total.payments + 1`,
});

const store = getPostgreSQLEventStore(url, {
  projections: [{ type: 'inline', projection: totals }],
});

const initialState = () => ({ terms: null, paid: [] });

const evolve = (state, { type, data }) =>
  type === 'CaseTakenOver'
    ? { ...state, terms: data }
    : { ...state, paid: [...state.paid, ...data.months] };

const breachesOf = (payment, { terms, paid }) => {
  const { months } = payment;
  const entitled = months.every((month) => month >= terms.first_month);
  const rules = {
    'programme-differs': payment.programme !== terms.programme,
    'month-not-entitled': !entitled,
    'month-already-paid': months.some((month) => paid.includes(month)),
    'amount-differs':
      entitled && payment.amount_fen !== terms.monthly_amount_fen * months.length,
    'paid-in-advance': months.at(-1) > payment.settled_on.slice(0, 7),
  };
  return Object.keys(rules).filter((name) => rules[name]);
};

const handle = CommandHandler({ evolve, initialState });
const streamOf = (data) => `case:${data.case_number}`;

await store.schema.migrate();
for (const line of lines(casesFile)) {
  const { data } = JSON.parse(line);
  await store.appendToStream(streamOf(data), [{ type: 'CaseTakenOver', data }]);
}

const messages = lines(paymentsFile);
const breaches = {};
let unknown = 0;
const began = process.hrtime.bigint();
for (const line of messages) {
  const { data } = JSON.parse(line);
  await handle(store, streamOf(data), (state) => {
    if (state.terms === null) {
      unknown += 1;
      return [];
    }
    const found = breachesOf(data, state);
    for (const name of found) breaches[name] = (breaches[name] ?? 0) + 1;
    return { type: 'PaymentSettled', data: { ...data, breaches: found } };
  });
}
const seconds = Number(process.hrtime.bigint() - began) / 1e9;
await store.close();
console.log(JSON.stringify({ seconds, breaches, unknown }));
