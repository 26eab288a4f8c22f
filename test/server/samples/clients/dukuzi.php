<?php
// The PHP example of the Dukuzi reference.
$ch = curl_init('https://dukuzii.com/api-proxy.php/create-payment');
curl_setopt($ch, CURLOPT_RETURNTRANSFER, true);
curl_setopt($ch, CURLOPT_POST, true);
curl_setopt($ch, CURLOPT_HTTPHEADER, [
    'Content-Type: application/json',
    'X-API-Key: your_api_key_here'
]);
curl_setopt($ch, CURLOPT_POSTFIELDS, json_encode([
    'phone_number' => '255712345678',
    'amount' => 5000,
    'product_id' => 1,
    'customer_name' => 'John Doe',
    'customer_email' => 'john@example.com'
]));
$response = curl_exec($ch);
$data = json_decode($response, true);
if ($data['success']) {
    echo "Transaction ID: " . $data['transaction_id'] . "\n";
}
?>
