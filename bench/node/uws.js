// A forwarder on uWebSockets.js: finds the addressee of a frame, stamps who sent it and passes it on.
//
// The package's own entry falls back to a JavaScript imitation where its binary does not load; a benchmark must fail
// instead, so the binary is loaded directly.
import { createRequire } from "node:module";

const { platform, arch, versions } = process;
const binary = `@trufflesuite/uws-js-unofficial/binaries/uws_${platform}_${arch}_${versions.modules}.node`;
const uws = createRequire(import.meta.url)(binary);
const port = Number(process.argv[2]);

const people = new Map();

uws
  .App()
  .ws("/*", {
    maxPayloadLength: 64 * 1024,
    idleTimeout: 0,
    upgrade(response, request, context) {
      response.upgrade(
        { id: request.getQuery("id") },
        request.getHeader("sec-websocket-key"),
        request.getHeader("sec-websocket-protocol"),
        request.getHeader("sec-websocket-extensions"),
        context,
      );
    },
    open(socket) {
      people.set(socket.id, socket);
      socket.send('{"type":"OPEN"}');
    },
    message(socket, data) {
      // Parsed, because a server should not pass on what it could not read; stamped without writing it all anew.
      const text = Buffer.from(data).toString();
      const { dst } = JSON.parse(text);
      people.get(dst)?.send(`{"src":"${socket.id}",${text.slice(1)}`);
    },
    close(socket) {
      people.delete(socket.id);
    },
  })
  .listen("127.0.0.1", port, (listening) => {
    if (!listening) process.exit(1);
  });
