import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { z } from 'zod';
import { experiment, type Experiment } from '../../core/experiments/experiment.ts';
import { specProblem } from '../../core/spec.ts';
import { Failure, fileProblem, messageOf } from './failure.ts';
import { findJsonFault } from './json-place.ts';

const MOST_BYTES = 1 << 20;

/** Reads an experiment: JSON, or a TypeScript file that exports `experiment`. Throws a failure that names the field at fault. */
export async function readExperiment(file: string): Promise<Experiment> {
  const facts = existsSync(file) ? statSync(file) : undefined;
  if (facts === undefined) throw new Failure(`There is no experiment file "${file}"; an experiment is a JSON file, or a TypeScript file that exports experiment.`);
  if (!facts.isFile()) throw new Failure(`${file} is a folder; name the file of an experiment.`);
  if (facts.size > MOST_BYTES) throw new Failure(`The experiment file ${file} has ${facts.size} bytes; an experiment has at most ${MOST_BYTES}.`);
  const given = /\.[mc]?[jt]s$/.test(file) ? await imported(file) : parsed(file);
  const { lichen: version } = (typeof given === 'object' && given !== null ? given : {}) as { lichen?: unknown };
  if (typeof version === 'number' && version !== 1) throw new Failure(`The experiment file ${file} is of version ${version} and this program reads version 1: use the program that it was written for.`);
  const read = experiment.safeParse(given);
  if (!read.success) throw new Failure(`The experiment file ${file} does not describe an experiment: ${specProblem(read.error as z.ZodError)}; correct it.`);
  return read.data;
}

function parsed(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Failure(`The experiment file ${file} cannot be read: ${fileProblem(error)}; name another.`);
  }
  const fault = findJsonFault(text);
  if (fault !== null) throw new Failure(`The experiment file ${file} is not JSON at line ${fault.line}, column ${fault.column}: ${fault.expected} is expected there; correct it.`);
  return JSON.parse(text);
}

async function imported(file: string): Promise<unknown> {
  let module: Record<string, unknown>;
  try {
    // read as a module wherever it lies: Node takes a file for one only where a package.json says so
    const { tsImport } = await import('tsx/esm/api');
    module = await tsImport(pathToFileURL(resolve(file)).href, import.meta.url) as Record<string, unknown>;
  } catch (error) {
    throw new Failure(`The experiment file ${file} cannot be run: ${messageOf(error)}; correct it.`);
  }
  if (module['experiment'] === undefined) throw new Failure(`The experiment file ${file} exports no experiment; write export const experiment = { … }.`);
  // what is data goes through, what is not does not
  try {
    return JSON.parse(JSON.stringify(module['experiment']));
  } catch (error) {
    throw new Failure(`The experiment file ${file} does not describe an experiment: ${messageOf(error)}; its experiment must be plain data.`);
  }
}
