import { createServer } from 'node:net';
import { Failure } from './failure.ts';

/** Port of the viewer unless another is asked for. */
export const DEFAULT_PORT = 4242;
const HOST = '127.0.0.1';

/** Throws a failure when the viewer could not listen on this port, before anything slow is begun. */
export async function checkPort(port: number): Promise<void> {
  if (port === 0) return;
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) => reject(new Failure(error.code === 'EADDRINUSE'
      ? `Port ${port} on ${HOST} is taken by another program; stop that one, or choose another with --port (0 takes any free one).`
      : `Port ${port} on ${HOST} cannot be opened (${error.code ?? error.message}); choose another with --port (0 takes any free one).`)));
    probe.listen(port, HOST, () => probe.close(() => resolve()));
  });
}
