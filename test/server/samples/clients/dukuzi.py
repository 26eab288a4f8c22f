# The Python example of the Dukuzi reference.
import requests

url = 'https://dukuzii.com/api-proxy.php/create-payment'
headers = {
    'Content-Type': 'application/json',
    'X-API-Key': 'your_api_key_here'
}
data = {
    'phone_number': '255712345678',
    'amount': 5000,
    'product_id': 1,
    'customer_name': 'John Doe',
    'customer_email': 'john@example.com'
}
response = requests.post(url, json=data, headers=headers)
result = response.json()
if result['success']:
    print(f"Transaction ID: {result['transaction_id']}")
