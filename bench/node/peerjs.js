// PeerJS's own server as it comes, but for the number of people it admits.
import { PeerServer } from "peer";

PeerServer({ host: "127.0.0.1", port: Number(process.argv[2]), path: "/", concurrent_limit: 20_000 });
