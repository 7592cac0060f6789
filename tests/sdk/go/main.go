// Writes what the CloudEvents SDK for Go makes of events: one JSON object a line.
package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"sort"

	"github.com/IBM/sarama"
	"github.com/cloudevents/sdk-go/protocol/kafka_sarama/v2"
	cloudevents "github.com/cloudevents/sdk-go/v2"
	"github.com/cloudevents/sdk-go/v2/binding"
	cehttp "github.com/cloudevents/sdk-go/v2/protocol/http"
	"github.com/cloudevents/sdk-go/v2/types"
)

type told struct {
	ID, Source, Type, Subject, Time, Division, Receivedat string
	Sequence                                              *int32
	Data                                                  json.RawMessage
}

type printed struct {
	Over    string      `json:"over"`
	Mode    string      `json:"mode"`
	Headers [][2]string `json:"headers"`
	Value   string      `json:"value"`
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func show(over, mode string, headers [][2]string, value []byte) {
	sort.Slice(headers, func(a, b int) bool { return headers[a][0] < headers[b][0] })
	text := base64.StdEncoding.EncodeToString(value)
	must(json.NewEncoder(os.Stdout).Encode(printed{over, mode, headers, text}))
}

func event(t told) cloudevents.Event {
	e := cloudevents.NewEvent()
	e.SetID(t.ID)
	e.SetSource(t.Source)
	e.SetType(t.Type)
	e.SetSubject(t.Subject)
	at, err := types.ParseTime(t.Time)
	must(err)
	e.SetTime(at)
	e.SetExtension("division", t.Division)
	e.SetExtension("receivedat", t.Receivedat)
	if t.Sequence != nil {
		e.SetExtension("sequence", *t.Sequence)
	}
	must(e.SetData(cloudevents.ApplicationJSON, t.Data))
	return e
}

func main() {
	raw, err := os.ReadFile(os.Args[1])
	must(err)
	var all []told
	must(json.Unmarshal(raw, &all))
	modes := map[string]func(context.Context) context.Context{
		"binary": binding.WithForceBinary, "structured": binding.WithForceStructured,
	}
	for _, t := range all {
		e := event(t)
		for _, mode := range []string{"binary", "structured"} {
			ctx := modes[mode](context.Background())
			record := sarama.ProducerMessage{}
			must(kafka_sarama.WriteProducerMessage(ctx, binding.ToMessage(&e), &record))
			var headers [][2]string
			for _, header := range record.Headers {
				headers = append(headers, [2]string{string(header.Key), string(header.Value)})
			}
			value, err := record.Value.Encode()
			must(err)
			show("kafka", mode, headers, value)

			request, err := http.NewRequest("POST", "http://127.0.0.1/", bytes.NewReader(nil))
			must(err)
			must(cehttp.WriteRequest(ctx, binding.ToMessage(&e), request))
			headers = nil
			for name, values := range request.Header {
				for _, each := range values {
					headers = append(headers, [2]string{name, each})
				}
			}
			body, err := io.ReadAll(request.Body)
			must(err)
			show("http", mode, headers, body)
		}
	}
}
