/** A wire to another address of this machine on which everything is under way for so many milliseconds, each way. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

const [port, ms] = process.argv.slice(2).map(Number) as [number, number];

function pass(from: Socket, to: Socket): void {
  from.setNoDelay(true);
  from.on('data', (bytes) => void setTimeout(() => to.writable && to.write(bytes), ms));
  from.on('error', () => to.destroy());
  from.on('close', () => setTimeout(() => to.destroy(), ms));
}

const wire = createServer((near) => {
  const far = connect(port, '127.0.0.1');
  pass(near, far);
  pass(far, near);
});
wire.listen(0, '127.0.0.1', () => console.log(`The wire is running at http://127.0.0.1:${(wire.address() as AddressInfo).port}`));
process.on('SIGTERM', () => process.exit(0));
