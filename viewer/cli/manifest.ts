import { cpus, platform, release, totalmem } from 'node:os';
import type { Capabilities } from '../../agents/model/capabilities.ts';
import type { OpenModelService } from '../../agents/model/service.ts';
import type { PriceTable } from '../../agents/model/prices.ts';
import { readFileSync } from 'node:fs';
import type { Lab } from '../lab.ts';
import type { RunSpec } from '../run-spec.ts';
import type { RunEstimate } from './estimate.ts';

export interface Circumstances { spec: RunSpec; lab: Lab; service: OpenModelService | null; capabilities: Readonly<Record<string, Capabilities>>; prices: PriceTable; estimate: RunEstimate | null }

/** What must be known beside the spec to read a run later: versions, machine, models and what they can do, prices, budget. No secrets: keys are in the environment alone. */
export function manifestOf({ spec, lab, service, capabilities, prices, estimate }: Circumstances): object {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return {
    format: 'lichen-manifest', version: 1, lichen: version, node: process.version,
    machine: { platform: platform(), release: release(), arch: process.arch, processor: cpus()[0]?.model ?? 'unknown', cores: cpus().length, memory: totalmem() },
    begun: new Date().toISOString(),
    world: lab.simulation.world.name, seed: spec.seed,
    models: service?.header.models ?? [], routes: service?.header.routes ?? {}, capabilities,
    prices: { date: prices.date, of: Object.fromEntries((service?.header.models ?? []).map(({ model, price }) => [model, price])) },
    budget: spec.budget, estimate,
  };
}
