# The Python example of the DGateway reference.
import os
import requests

API_KEY = os.environ["DGATEWAY_API_KEY"]

resp = requests.post("https://dgatewayapi.desispay.com/v1/payments/collect",
    headers={"X-Api-Key": API_KEY, "Content-Type": "application/json"},
    json={"amount": 50000, "currency": "UGX", "phone_number": "256771234567", "provider": "iotec"})
data = resp.json()
if "error" in data:
    if data["error"]["code"] == "PROVIDER_LINE_DOWN":
        print("Network down, try later")
    else:
        print(f"Error: {data['error']['message']}")
else:
    ref = data["data"]["reference"]
    print("Reference:", ref)
