<?php

// What the programs of this folder share: the packages, the sandbox, and the report.

declare(strict_types=1);

const NUMBER = '530000000000004';
const WABA = '420000000000002';
const APP = ['id' => '880000000000001', 'secret' => 'sandbox-app-secret'];
const VERIFY_TOKEN = 'my-verify-token';
const CUSTOMER = '4915112345678';
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** The folder into which composer installed the packages. */
define('VENDOR', getenv('SANDBOX_PHP_VENDOR') ?: __DIR__ . '/vendor');
require VENDOR . '/autoload.php';

/** Makes a request without a client, and returns the JSON of its answer. */
function call(string $method, string $path, ?array $body = null): array
{
    $context = stream_context_create(['http' => [
        'method' => $method,
        'header' => 'content-type: application/json',
        'content' => $body === null ? '' : json_encode($body),
        'ignore_errors' => true,
        'timeout' => 30,
    ]]);
    $answer = file_get_contents(getenv('SANDBOX_URL') . $path, false, $context);
    check($answer !== false, "no answer of $path");
    $json = json_decode($answer, true) ?? [];
    check(!isset($json['error']), json_encode($json['error'] ?? null));

    return $json;
}

/** Calls the control API. */
function control(string $path, array $body): array
{
    return call('POST', "/_sandbox/$path", $body);
}

function check(bool $condition, string $reason): void
{
    if (!$condition) {
        throw new RuntimeException($reason);
    }
}

/** Returns the version of an installed package. */
function versionOf(string $name): string
{
    $installed = json_decode(file_get_contents(VENDOR . '/composer/installed.json'), true);
    foreach ($installed['packages'] as $package) {
        if ($package['name'] === $name) {
            return ltrim($package['version'], 'v');
        }
    }
    throw new RuntimeException("$name is not installed");
}

/** Runs the areas in order, and prints the outcome of each. An area without a function has no calls in the client. */
function report(string $client, array $areas): void
{
    foreach ($areas as $area => $run) {
        $outcome = $run === null ? 'none' : 'ok';
        try {
            $run === null || $run();
        } catch (Throwable $error) {
            $reason = $error->getMessage();
            if ($error instanceof Netflie\WhatsAppCloudApi\Response\ResponseException) {
                $reason = json_encode($error->responseData());
            }
            $outcome = strtok($reason ?: $error::class, "\n");
        }
        echo implode("\t", [$client, $area, str_replace("\t", ' ', $outcome)]), "\n";
    }
}
