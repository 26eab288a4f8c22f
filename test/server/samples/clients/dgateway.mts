// The Node.js / TypeScript example of the DGateway reference.
const API = "https://dgatewayapi.desispay.com";
const KEY = process.env.DGATEWAY_API_KEY!;

const health = await fetch(`${API}/api/provider-health`);
const { data: lines } = await health.json();
const mtnDown = lines.find((l: any) => l.vendor === "mtn" && !l.is_healthy);
if (mtnDown) console.warn("MTN line is down, use Airtel numbers");

const res = await fetch(`${API}/v1/payments/collect`, {
  method: "POST",
  headers: { "X-Api-Key": KEY, "Content-Type": "application/json" },
  body: JSON.stringify({ amount: 50000, currency: "UGX", phone_number: "256771234567", provider: "iotec" }),
});

const { data, error } = await res.json();
if (error) {
  if (error.code === "PROVIDER_LINE_DOWN") {
    console.error("Network is down, try a different phone number");
  } else if (error.code === "INVALID_PHONE") {
    console.error("Bad phone format, use 256XXXXXXXXX or 0XXXXXXXXX");
  } else {
    console.error(error.message);
  }
} else {
  console.log("Reference:", data.reference);

  const verify = await fetch(`${API}/v1/webhooks/verify`, {
    method: "POST",
    headers: { "X-Api-Key": KEY, "Content-Type": "application/json" },
    body: JSON.stringify({ reference: data.reference }),
  });
  const result = await verify.json();
  if (result.data.status === "failed") {
    console.error("Failed:", result.data.failure_reason);
  }
}
