import type { DecisionRows, SenseReader, Survey } from '../../core/kernel/genomes.ts';

/** A reader of many rows, made of one that reads a single row. */
export function readerOf(read: (row: number) => number): SenseReader {
  return (rows, count, readings) => {
    for (let i = 0; i < count; i++) readings[i] = read(rows[i]!);
  };
}

/** Rows with columns of their own, all zero, ids from 1000. */
export function makeRows(count: number, registers: number, readers: readonly SenseReader[], survey: Survey | null = null): DecisionRows {
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
    survey,
    scratch: new Uint32Array(count),
    key0: 0x12345678,
    key1: 0x0abcdef1,
  };
}
