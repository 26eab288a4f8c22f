<?php
// As much of Laravel as the sample calls: Http::withHeaders()->post(), the response's failed() and json(), config().

function config(string $name): string
{
    return getenv('DGATEWAY_API_KEY');
}

class Http
{
    private array $headers;

    public static function withHeaders(array $headers): self
    {
        $http = new self();
        $http->headers = $headers;
        return $http;
    }

    public function post(string $url, array $data): HttpResponse
    {
        $lines = ['Content-Type: application/json', 'Accept: application/json'];
        foreach ($this->headers as $name => $value) {
            $lines[] = "$name: $value";
        }
        $context = stream_context_create(['http' => [
            'method' => 'POST',
            'header' => implode("\r\n", $lines),
            'content' => json_encode($data),
            'ignore_errors' => true,
        ]]);
        $body = file_get_contents($url, false, $context);
        preg_match('/ (\d{3})/', $http_response_header[0], $status);
        return new HttpResponse((int) $status[1], json_decode($body, true));
    }
}

class HttpResponse
{
    public function __construct(private int $status, private array $body)
    {
    }

    public function failed(): bool
    {
        return $this->status >= 400;
    }

    public function json(string $path)
    {
        $value = $this->body;
        foreach (explode('.', $path) as $key) {
            $value = $value[$key] ?? null;
        }
        return $value;
    }
}
