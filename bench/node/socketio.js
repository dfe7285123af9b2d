// A forwarder on socket.io, WebSocket transport only: finds the addressee of an event, stamps who sent it and passes
// it on.
import { Server } from "socket.io";

const port = Number(process.argv[2]);
const people = new Map();

const io = new Server({ transports: ["websocket"], maxHttpBufferSize: 64 * 1024, serveClient: false });
io.on("connection", (socket) => {
  const { id } = socket.handshake.query;
  people.set(id, socket);
  socket.emit("signal", { type: "OPEN" });
  socket.on("signal", (message) => {
    message.src = id;
    people.get(message.dst)?.emit("signal", message);
  });
  socket.on("disconnect", () => people.delete(id));
});
io.listen(port);
