// What a chat server over WebSockets is at its simplest: a ws.send for each member and message. Speaks the basic form, checks
// nothing.
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

const members = new Map<string, WebSocket>();

const server: WebSocketServer = new WebSocketServer(
  { port: 0, host: '127.0.0.1', backlog: 4096, perMessageDeflate: false },
  () => process.stdout.write(`listens on 127.0.0.1 port ${(server.address() as AddressInfo).port}\n`),
);

server.on('connection', socket => {
  let name = '';
  socket.on('error', () => {});
  socket.on('close', () => members.delete(name));
  socket.on('message', data => {
    const command = JSON.parse(String(data));
    if (command.Join !== undefined) {
      name = command.Join;
      members.set(name, socket);
      socket.send(`${JSON.stringify({ Joined: { username: name, content: 'Warm Welcome' } })}\n`);
    } else if (command.Send !== undefined) {
      const { content } = command.Send;
      const response = `${JSON.stringify({ Broadcast: { username: name, content } })}\n`;
      for (const member of members.values()) if (member !== socket) member.send(response);
    }
  });
});
