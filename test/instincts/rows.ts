import type { DecisionRows, SenseReader } from '../../core/kernel/genomes.ts';

/** Rows with columns of their own, all zero, ids from 1000. */
export function makeRows(count: number, registers: number, readers: readonly SenseReader[]): DecisionRows {
  return {
    count,
    id: Uint32Array.from({ length: count }, (_, index) => 1000 + index),
    genome: new Uint32Array(count),
    memory: new Float32Array(count * registers),
    act: new Uint8Array(count),
    target: new Uint8Array(count),
    nextSignal: new Uint8Array(count),
    fired: new Uint8Array(count),
    readers,
    key0: 0x12345678,
    key1: 0x0abcdef1,
  };
}
