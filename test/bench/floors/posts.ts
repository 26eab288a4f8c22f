/** Posts each line of a file, `{"headers": {…}, "body": "…"}`, once to an address, by 64 loops; ends with 1 when any was not accepted. */
import { readFileSync } from 'node:fs';
import http from 'node:http';

const [url, file] = process.argv.slice(2) as [string, string];
const IN_FLIGHT = 64;
const agent = new http.Agent({ keepAlive: true });
const posts = readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Post);
let next = 0;

interface Post {
  headers: Record<string, string>;
  body: string;
}

await Promise.all(Array.from({ length: IN_FLIGHT }, loop));
agent.destroy();

async function loop(): Promise<void> {
  while (next < posts.length) {
    const status = await send(posts[next++]!);
    if (status !== 200) throw new Error(`${url} answered ${status}`);
  }
}

function send({ headers, body }: Post): Promise<number> {
  return new Promise((resolve, reject) => {
    const all = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers };
    const request = http.request(url, { method: 'POST', agent, headers: all }, (response) => response.resume().on('end', () => resolve(response.statusCode!)));
    request.on('error', reject).end(body);
  });
}
