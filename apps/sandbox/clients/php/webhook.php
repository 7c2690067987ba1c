<?php

// A webhook as the client's documentation writes it, for PHP's own server. It writes a line for each notification.

declare(strict_types=1);

require __DIR__ . '/areas.php';

use Netflie\WhatsAppCloudApi\WebHook;
use Netflie\WhatsAppCloudApi\WebHook\Notification\StatusNotification;
use Netflie\WhatsAppCloudApi\WebHook\Notification\Text;

$webhook = new WebHook();
if ($_SERVER['REQUEST_METHOD'] === 'GET') {
    echo $webhook->verify($_GET, VERIFY_TOKEN);
    return;
}
$payload = file_get_contents('php://input');
// The client has no call for the signature.
$signature = 'sha256=' . hash_hmac('sha256', $payload, APP['secret']);
if (!hash_equals($signature, $_SERVER['HTTP_X_HUB_SIGNATURE_256'] ?? '')) {
    http_response_code(401);
    return;
}
foreach ($webhook->readAll(json_decode($payload, true)) as $notification) {
    $line = match (true) {
        $notification instanceof Text => "{$notification->customer()->id()}: {$notification->message()}",
        $notification instanceof StatusNotification => "{$notification->id()} is {$notification->status()}",
        default => $notification::class,
    };
    file_put_contents(getenv('HEARD'), "$line\n", FILE_APPEND | LOCK_EX);
}
