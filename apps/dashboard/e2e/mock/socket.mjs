// The server's half of a WebSocket, as far as the dashboard needs it: text frames out, closes in and out.
import { createHash } from "node:crypto";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

function frame(opcode, payload) {
  const size = payload.length;
  const head =
    size < 126
      ? Buffer.from([0x80 | opcode, size])
      : size < 65_536
        ? Buffer.from([0x80 | opcode, 126, size >> 8, size & 255])
        : (() => {
            const long = Buffer.alloc(10);
            long[0] = 0x80 | opcode;
            long[1] = 127;
            long.writeBigUInt64BE(BigInt(size), 2);
            return long;
          })();
  return Buffer.concat([head, payload]);
}

/** Accepts an upgrade. Returns `{send(object), close(code), drop(), onEnd(listener)}`. */
export function accept(request, socket) {
  const key = createHash("sha1")
    .update(request.headers["sec-websocket-key"] + GUID)
    .digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`,
  );
  socket.on("error", () => socket.destroy());
  // The only frame that the dashboard sends is a close.
  socket.on("data", () => socket.end());
  return {
    send: (object) => socket.write(frame(1, Buffer.from(JSON.stringify(object)))),
    close(code) {
      const payload = Buffer.alloc(2);
      payload.writeUInt16BE(code);
      socket.end(frame(8, payload));
    },
    drop: () => socket.destroy(),
    onEnd: (listener) => socket.on("close", listener),
  };
}
