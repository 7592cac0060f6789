#!/bin/sh
# Sends a JSON Lines file of events: MINGJIAN_URL=http://127.0.0.1:8010 MINGJIAN_KEY=… sh send.sh events.jsonl
# Prints what became of each event, one a line. Sent again, nothing counts twice.
set -eu
answer=$(curl --silent --show-error --fail-with-body --retry 5 --retry-all-errors --max-time 120 \
    ${MINGJIAN_KEY:+--header "Authorization: Bearer $MINGJIAN_KEY"} \
    --header 'Content-Type: application/x-ndjson' \
    --data-binary "@$1" "$MINGJIAN_URL/events") || { echo "$answer"; exit 2; }
echo "$answer"
case $answer in *'"outcome":"quarantined"'* | *'"outcome":"refused"'*) exit 1 ;; esac
