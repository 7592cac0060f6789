// Sends a JSON Lines file of events (Go 1.20 or newer, no module):
//
//	MINGJIAN_URL=http://127.0.0.1:8010 MINGJIAN_KEY=… go run send.go events.jsonl
//
// Prints what became of each event. Sent again, nothing counts twice.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"
)

type outcome struct {
	Line    int    `json:"line"`
	ID      string `json:"id"`
	Outcome string `json:"outcome"`
	Faults  []struct {
		Code    string            `json:"code"`
		Pointer string            `json:"pointer"`
		Remedy  map[string]string `json:"remedy"`
	} `json:"faults"`
	// Refused at the door, and not kept: the code stands at the head of the detail.
	Errors []struct {
		Pointer  string `json:"pointer"`
		Detail   string `json:"detail"`
		Expected string `json:"expected"`
	} `json:"errors"`
}

func main() {
	body, err := os.ReadFile(os.Args[1])
	if err != nil {
		stop(err)
	}
	response, err := post(body, 5)
	if err != nil {
		stop(err)
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		text, _ := io.ReadAll(response.Body)
		stop(fmt.Errorf("%s %s", response.Status, text))
	}
	wrong := false
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var told outcome
		if err := json.Unmarshal(lines.Bytes(), &told); err != nil {
			stop(err)
		}
		fmt.Println(told.Line, told.ID, told.Outcome)
		for _, fault := range told.Faults {
			fmt.Println(" ", fault.Code, fault.Pointer, fault.Remedy["zh"], "/", fault.Remedy["en"])
		}
		for _, wrong := range told.Errors {
			fmt.Println(" ", wrong.Pointer, wrong.Detail, wrong.Expected)
		}
		wrong = wrong || told.Outcome == "quarantined" || told.Outcome == "refused"
	}
	if err := lines.Err(); err != nil {
		stop(err)
	}
	if wrong {
		os.Exit(1)
	}
}

func post(body []byte, tries int) (*http.Response, error) {
	client := &http.Client{Timeout: 2 * time.Minute}
	for ; ; tries-- {
		request, err := http.NewRequest("POST", os.Getenv("MINGJIAN_URL")+"/events", bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		request.Header.Set("Content-Type", "application/x-ndjson")
		if key := os.Getenv("MINGJIAN_KEY"); key != "" {
			request.Header.Set("Authorization", "Bearer "+key)
		}
		seconds := 1 // nobody there, or the answer was lost: the same may be sent again
		response, err := client.Do(request)
		if err == nil {
			if response.StatusCode != 429 && response.StatusCode < 500 || tries == 1 {
				return response, nil
			}
			if asked, wrong := strconv.Atoi(response.Header.Get("Retry-After")); wrong == nil {
				seconds = asked
			}
			response.Body.Close()
		} else if tries == 1 {
			return nil, err
		}
		time.Sleep(time.Duration(seconds) * time.Second)
	}
}

func stop(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(2)
}
