<?php
// The PHP / Laravel example of the DGateway reference; Laravel's client is stood in for.
require __DIR__ . '/stand-in/laravel.php';

$response = Http::withHeaders([
    'X-Api-Key' => config('services.dgateway.key'),
])->post('https://dgatewayapi.desispay.com/v1/payments/collect', [
    'amount' => 50000,
    'currency' => 'UGX',
    'phone_number' => '256771234567',
    'provider' => 'iotec',
]);

if ($response->failed()) {
    $error = $response->json('error');
    echo $error['message'];
    exit(1);
}
$reference = $response->json('data.reference');
echo "Reference: $reference\n";
