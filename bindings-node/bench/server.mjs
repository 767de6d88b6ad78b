// Answers every request with the same list of ten objects, as fast as a socket goes.

import { createServer } from 'node:net'

const agent = (n) => ({ id: `agent_${n}`, name: `Agent ${n}`, status: 'active', description: 'x'.repeat(60), created_at: '2026-03-23T10:00:00Z' })
const body = JSON.stringify({ data: Array.from({ length: 10 }, (_, n) => agent(n)) })
const answer = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`)

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {})
  socket.on('data', (data) => {
    // No client here pipelines or sends a body: what ends a head ends a request.
    if (data.includes('\r\n\r\n')) socket.write(answer)
  })
})
server.listen(0, '127.0.0.1', () => process.send(server.address().port))
