# The cURL example of the Dukuzi reference.
curl -X POST https://dukuzii.com/api-proxy.php/create-payment \
  -H "Content-Type: application/json" \
  -H "X-API-Key: your_api_key_here" \
  -d '{
    "phone_number": "255712345678",
    "amount": 5000,
    "product_id": 1,
    "customer_name": "John Doe",
    "customer_email": "john@example.com"
  }'
