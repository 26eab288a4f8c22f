// The Go example of the DGateway reference, with what a program needs around it.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
)

func main() {
	body, _ := json.Marshal(map[string]interface{}{
		"amount": 50000, "currency": "UGX",
		"phone_number": "256771234567", "provider": "iotec",
	})
	req, _ := http.NewRequest("POST", "https://dgatewayapi.desispay.com/v1/payments/collect", bytes.NewReader(body))
	req.Header.Set("X-Api-Key", os.Getenv("DGATEWAY_API_KEY"))
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		panic(err)
	}
	var answer struct {
		Data struct{ Reference string }
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		panic(err)
	}
	fmt.Println("Reference:", answer.Data.Reference)
}
