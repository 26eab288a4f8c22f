/** The least that delivering can be: the same bodies posted to the same receiver by 64 loops, with nothing written down. */
import http from 'node:http';

const [url, count] = [process.argv[2]!, Number(process.argv[3])];
const IN_FLIGHT = 64;
const agent = new http.Agent({ keepAlive: true });
const body = JSON.stringify({ event: 'transaction.completed', data: { metadata: { order_id: '1234' }, filler: 'x'.repeat(400) } });
let next = 0;

await Promise.all(Array.from({ length: IN_FLIGHT }, loop));
agent.destroy();

async function loop(): Promise<void> {
  while (next < count) await post(`evt_${next++}`);
}

function post(id: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), 'webhook-id': id };
    const request = http.request(url, { method: 'POST', agent, headers }, (response) => response.resume().on('end', resolve));
    request.on('error', reject).end(body);
  });
}
