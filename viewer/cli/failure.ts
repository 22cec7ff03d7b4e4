import { ModelError } from '../../agents/model/contract.ts';

/** What a person can set right: told in one sentence, exit code 2, no stack. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** Does `work`, whose errors are sentences about what it was given, and makes them failures. */
export function orFail<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asFailure(error);
  }
}

export function asFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure(messageOf(error), { cause: error });
}

/** The sentence of an error that was foreseen; null for one that was not, which deserves its stack. */
export function foreseen(error: unknown): string | null {
  return error instanceof Failure || error instanceof ModelError ? error.message.replace(/\s*\n\s*/g, ' ') : null;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The system's word for what went wrong with a file, for a person. */
export function fileProblem(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known: Record<string, string> = {
    ENOENT: 'there is no such file or folder', EISDIR: 'it is a folder', ENOTDIR: 'a part of its path is a file, not a folder',
    EACCES: 'permission is denied', EPERM: 'permission is denied', EROFS: 'the file system is read-only', ENOSPC: 'the disk is full',
  };
  return known[code] ?? messageOf(error);
}
