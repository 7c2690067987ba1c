<?php

// The client of Netflie.

declare(strict_types=1);

require __DIR__ . '/areas.php';

use GuzzleHttp\Client;
use GuzzleHttp\HandlerStack;
use GuzzleHttp\Middleware;
use GuzzleHttp\Psr7\Uri;
use GuzzleHttp\Psr7\UriResolver;
use Netflie\WhatsAppCloudApi\Http\GuzzleClientHandler;
use Netflie\WhatsAppCloudApi\Message\ButtonReply\Button;
use Netflie\WhatsAppCloudApi\Message\ButtonReply\ButtonAction;
use Netflie\WhatsAppCloudApi\Message\Contact\ContactName;
use Netflie\WhatsAppCloudApi\Message\Contact\Phone;
use Netflie\WhatsAppCloudApi\Message\Contact\PhoneType;
use Netflie\WhatsAppCloudApi\Message\CtaUrl\TitleHeader;
use Netflie\WhatsAppCloudApi\Message\Media\LinkID;
use Netflie\WhatsAppCloudApi\Message\Media\MediaObjectID;
use Netflie\WhatsAppCloudApi\Message\MultiProduct;
use Netflie\WhatsAppCloudApi\Message\OptionsList;
use Netflie\WhatsAppCloudApi\Message\Template\Component;
use Netflie\WhatsAppCloudApi\Response\ResponseException;
use Netflie\WhatsAppCloudApi\WhatsAppCloudApi;
use Psr\Http\Message\RequestInterface;

/** Sends requests for graph.facebook.com to the sandbox. */
function toSandbox(): GuzzleClientHandler
{
    $base = new Uri(getenv('SANDBOX_URL'));
    $stack = HandlerStack::create();
    $stack->push(Middleware::mapRequest(fn (RequestInterface $request) => $request->withUri(
        $request->getUri()->withScheme($base->getScheme())->withHost($base->getHost())->withPort($base->getPort()),
    )));

    return new GuzzleClientHandler(new Client(['handler' => $stack, 'proxy' => '']));
}

function client(): WhatsAppCloudApi
{
    return new WhatsAppCloudApi([
        'from_phone_number_id' => NUMBER,
        'access_token' => control('tokens', ['expiresIn' => 0])['accessToken'],
        'business_id' => WABA,
        'graph_version' => 'v24.0',
        'client_handler' => toSandbox(),
    ]);
}

$client = client();
$written = control('phones/' . CUSTOMER . '/messages', ['to' => NUMBER, 'type' => 'text', 'text' => 'Hello'])['id'];

/** Sends a template that has values in its body and a button, which this client creates and changes. */
function template(WhatsAppCloudApi $client): void
{
    $body = fn (string $text) => [
        ['type' => 'BODY', 'text' => $text, 'example' => ['body_text' => [['Zoë']]]],
        ['type' => 'BUTTONS', 'buttons' => [['type' => 'QUICK_REPLY', 'text' => 'Stop']]],
    ];
    $created = $client->createTemplate('php_welcome', 'UTILITY', 'en_US', $body('Welcome {{1}}, good day.'))->decodedBody();
    check(isset($created['id'], $created['status']), json_encode($created));
    control("templates/{$created['id']}", ['status' => 'APPROVED']);
    $changed = $client->updateTemplateById($created['id'], ['components' => $body('Hello {{1}}, good day.')])->decodedBody();
    check($changed['success'] === true, json_encode($changed));
    control("templates/{$created['id']}", ['status' => 'APPROVED']);
    $button = ['type' => 'button', 'sub_type' => 'quick_reply', 'index' => 0, 'parameters' => [['type' => 'payload', 'payload' => 'stop']]];
    $values = new Component([], [['type' => 'text', 'text' => 'Zoë']], [$button]);
    $client->sendTemplate(CUSTOMER, 'php_welcome', 'en_US', $values);
}

$sending = function () use ($client, $written): void {
    $sent = $client->sendTextMessage(CUSTOMER, 'Hello https://shop.example', true)->decodedBody();
    check(str_starts_with($sent['messages'][0]['id'], 'wamid.'), json_encode($sent));
    client()->replyTo($written)->sendTextMessage(CUSTOMER, 'Quoted');
    $client->sendTemplate(CUSTOMER, 'hello_world', 'en_US');
    template($client);
    $client->sendImage(CUSTOMER, new LinkID('https://shop.example/a.jpg'));
    $client->sendVideo(CUSTOMER, new LinkID('https://shop.example/a.mp4'), 'A video');
    $client->sendAudio(CUSTOMER, new LinkID('https://shop.example/a.ogg'));
    $client->sendDocument(CUSTOMER, new LinkID('https://shop.example/a.pdf'), 'a.pdf');
    $client->sendSticker(CUSTOMER, new LinkID('https://shop.example/a.webp'));
    $client->sendLocation(CUSTOMER, 13.4, 52.5);
    $client->sendLocation(CUSTOMER, 13.4, 52.5, 'Here', 'Berlin');
    $client->sendLocationRequest(CUSTOMER, 'Where are you?');
    $client->sendContact(CUSTOMER, new ContactName('Zoë', 'Young'), new Phone('+15550100199', PhoneType::CELL(), '15550100199'));
    $rows = [new OptionsList\Row('1', 'Green tea', 'From Uji'), new OptionsList\Row('2', 'Black tea')];
    $list = new OptionsList\Action('Choose', [new OptionsList\Section('Teas', $rows)]);
    $client->sendList(CUSTOMER, 'Teas', 'Which?', 'Fresh', $list);
    $client->sendCtaUrl(CUSTOMER, 'See', 'https://shop.example', new TitleHeader('News'), 'Look', 'Today');
    $buttons = new ButtonAction([new Button('yes', 'Yes'), new Button('no', 'No')]);
    $client->sendButton(CUSTOMER, 'Tea?', $buttons, 'Teas', 'Fresh');
    $client->sendCatalog(CUSTOMER, 'Our teas', 'Fresh', 'tea-1');
    $client->sendSingleProduct(CUSTOMER, 9, 'tea-1', 'Fresh', 'Today');
    $products = new MultiProduct\Action([new MultiProduct\Section('Green', [new MultiProduct\Row('tea-1')])]);
    $client->sendMultiProduct(CUSTOMER, 9, $products, 'Teas', 'All');
    $client->sendReaction(CUSTOMER, $written, '👍');
    $client->sendReaction(CUSTOMER, $written);
    $client->markMessageAsRead($written);
    try {
        $client->sendTemplate(CUSTOMER, 'php_welcome', 'de');
        check(false, 'a template was sent in a language that it does not have');
    } catch (ResponseException $error) {
        check($error->responseData()['error']['code'] === 132001, json_encode($error->responseData()));
    }
};

$media = function () use ($client): void {
    // The name's ending becomes the type of the part, by which Meta judges the file.
    $file = sys_get_temp_dir() . '/sandbox-' . getmypid() . '.png';
    file_put_contents($file, base64_decode(PNG));
    $id = $client->uploadMedia($file)->decodedBody()['id'];
    unlink($file);
    check($client->downloadMedia($id)->body() === base64_decode(PNG), 'other bytes');
    $client->sendImage(CUSTOMER, new MediaObjectID($id), 'A picture');
};

$profile = function () use ($client): void {
    $client->updateBusinessProfile(['about' => 'Open on Sundays', 'email' => 'desk@example.com']);
    $about = $client->businessProfile('about,email')->decodedBody()['data'][0]['about'];
    check($about === 'Open on Sundays', "about is $about");
};

$webhooks = function () use ($client): void {
    $socket = stream_socket_server('tcp://127.0.0.1:0');
    $address = stream_socket_get_name($socket, false);
    fclose($socket);
    $heard = tempnam(sys_get_temp_dir(), 'heard');
    $server = proc_open(
        [PHP_BINARY, '-S', $address, __DIR__ . '/webhook.php'],
        [['file', '/dev/null', 'r'], ['file', '/dev/null', 'w'], ['file', '/dev/null', 'w']],
        $pipes,
        null,
        ['HEARD' => $heard] + getenv(),
    );
    try {
        $until = microtime(true) + 10;
        while (!@fsockopen('tcp://' . $address) && microtime(true) < $until) {
            usleep(20_000);
        }
        // The sandbox asks the webhook for its challenge.
        $query = http_build_query([
            'object' => 'whatsapp_business_account',
            'callback_url' => "http://$address/",
            'verify_token' => VERIFY_TOKEN,
            'fields' => 'messages',
            'access_token' => APP['id'] . '|' . APP['secret'],
        ]);
        call('POST', '/v24.0/' . APP['id'] . "/subscriptions?$query");
        call('POST', '/v24.0/' . WABA . "/subscribed_apps?access_token={$client->accessToken()}");
        // The client reads the first status of each change only.
        control('sending/knobs', ['batch' => 1]);
        control('phones/' . CUSTOMER . '/messages', ['to' => NUMBER, 'type' => 'text', 'text' => 'Are you open?']);
        $sent = $client->sendTextMessage(CUSTOMER, 'Yes')->decodedBody()['messages'][0]['id'];
        $wanted = [CUSTOMER . ': Are you open?', "$sent is sent", "$sent is delivered"];
        do {
            usleep(50_000);
            $lines = file($heard, FILE_IGNORE_NEW_LINES);
        } while (array_diff($wanted, $lines) && microtime(true) < $until);
        check(!array_diff($wanted, $lines), 'heard ' . json_encode($lines));
    } finally {
        proc_terminate($server);
        proc_close($server);
        unlink($heard);
    }
};

report('netflie/whatsapp-cloud-api ' . versionOf('netflie/whatsapp-cloud-api'), [
    'sending' => $sending,
    'media' => $media,
    'profile' => $profile,
    'settings' => null,
    'webhooks' => $webhooks,
]);
