# The cURL example of the DGateway reference.
curl -X POST https://dgatewayapi.desispay.com/v1/payments/collect \
  -H "X-Api-Key: dgw_live_your_key" \
  -H "Content-Type: application/json" \
  -d '{"amount":50000,"currency":"UGX","phone_number":"256771234567","provider":"iotec"}'

curl https://dgatewayapi.desispay.com/api/provider-health
