// What a chat server is at its simplest: a socket.write for each member and message. Speaks the basic form, checks
// nothing. The measure for everything else.
import { createServer, type Socket } from 'node:net';

const members = new Map<string, Socket>();

const server = createServer({ noDelay: true }, socket => {
  let rest = '';
  let name = '';
  socket.setEncoding('utf8');
  socket.on('error', () => {});
  socket.on('close', () => members.delete(name));
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const command = JSON.parse(line);
      if (command.Join !== undefined) {
        name = command.Join;
        members.set(name, socket);
        socket.write(`${JSON.stringify({ Joined: { username: name, content: 'Warm Welcome' } })}\n`);
      } else if (command.Send !== undefined) {
        const { content } = command.Send;
        const response = Buffer.from(`${JSON.stringify({ Broadcast: { username: name, content } })}\n`);
        for (const member of members.values()) if (member !== socket) member.write(response);
      }
    }
  });
});

server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  const address = server.address();
  process.stdout.write(`listens on 127.0.0.1 port ${typeof address === 'object' ? address?.port : ''}\n`);
});
