import { writeFileSync } from 'node:fs';

/** Value types of GGUF metadata, by their numbers in the format. */
const U32 = 4, I32 = 5, F32 = 6, BOOL = 7, STRING = 8, ARRAY = 9;
const ALIGNMENT = 32;

export interface TinyOptions {
  seed?: number;
  /** Adds a ChatML template; its marks are control tokens of the vocabulary either way. */
  template?: boolean;
  /** Context that the model says it was trained with. */
  contextTokens?: number;
}

/**
 * Writes a GGUF model of the llama architecture with seeded random weights, about half a megabyte: it says nothing
 * sensible, but the real llama.cpp loads it, and grammar, seeds, slots and probabilities are real.
 */
export function writeTinyGguf(path: string, { seed = 1, template = true, contextTokens = 2048 }: TinyOptions = {}): void {
  const layers = 2, dim = 64, hidden = 128, heads = 4;
  const control = ['<unk>', '<s>', '</s>', '<|im_start|>', '<|im_end|>'];
  const bytes = Array.from({ length: 256 }, (_, i) => `<0x${i.toString(16).toUpperCase().padStart(2, '0')}>`);
  const letters = ['\u2581', ...'abcdefghijklmnopqrstuvwxyz0123456789.<>-'];
  const vocabulary = [...control, ...bytes, ...letters];
  const types = [2, 3, 3, 3, 3, ...bytes.map(() => 6), ...letters.map(() => 1)];

  const metadata: Buffer[] = [
    pair('general.architecture', STRING, text('llama')), pair('general.name', STRING, text('Tiny')),
    pair('llama.block_count', U32, u32(layers)), pair('llama.context_length', U32, u32(contextTokens)), pair('llama.embedding_length', U32, u32(dim)),
    pair('llama.feed_forward_length', U32, u32(hidden)), pair('llama.attention.head_count', U32, u32(heads)),
    pair('llama.attention.head_count_kv', U32, u32(heads)), pair('llama.attention.layer_norm_rms_epsilon', F32, f32(1e-5)),
    pair('llama.rope.dimension_count', U32, u32(dim / heads)), pair('llama.vocab_size', U32, u32(vocabulary.length)),
    pair('tokenizer.ggml.model', STRING, text('llama')),
    pair('tokenizer.ggml.tokens', ARRAY, list(STRING, vocabulary.map(text))),
    pair('tokenizer.ggml.scores', ARRAY, list(F32, vocabulary.map((_, i) => f32(-i)))),
    pair('tokenizer.ggml.token_type', ARRAY, list(I32, types.map(u32))),
    pair('tokenizer.ggml.unknown_token_id', U32, u32(0)), pair('tokenizer.ggml.bos_token_id', U32, u32(1)), pair('tokenizer.ggml.eos_token_id', U32, u32(2)),
    pair('tokenizer.ggml.add_bos_token', BOOL, Buffer.from([1])), pair('tokenizer.ggml.add_space_prefix', BOOL, Buffer.from([0])),
  ];
  if (template) {
    metadata.push(pair('tokenizer.chat_template', STRING,
      text("{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n")));
  }

  const tensors: { name: string; shape: number[] }[] = [
    { name: 'token_embd.weight', shape: [dim, vocabulary.length] },
    { name: 'output_norm.weight', shape: [dim] },
    { name: 'output.weight', shape: [dim, vocabulary.length] },
  ];
  for (let i = 0; i < layers; i++) {
    const blk = `blk.${i}`;
    for (const part of ['attn_norm', 'ffn_norm']) tensors.push({ name: `${blk}.${part}.weight`, shape: [dim] });
    for (const part of ['attn_q', 'attn_k', 'attn_v', 'attn_output']) tensors.push({ name: `${blk}.${part}.weight`, shape: [dim, dim] });
    for (const part of ['ffn_gate', 'ffn_up']) tensors.push({ name: `${blk}.${part}.weight`, shape: [dim, hidden] });
    tensors.push({ name: `${blk}.ffn_down.weight`, shape: [hidden, dim] });
  }

  const infos: Buffer[] = [];
  const data: Buffer[] = [];
  let offset = 0;
  let state = seed >>> 0;
  for (const { name, shape } of tensors) {
    const count = shape.reduce((a, b) => a * b, 1);
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      // Norms are ones; the rest is uniform with a spread that keeps the outcome from being flat.
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      values[i] = shape.length === 1 ? 1 : (state / 2 ** 32 - 0.5) * 0.6;
    }
    infos.push(Buffer.concat([text(name), u32(shape.length), ...shape.map(u64), u32(0), u64(offset)]));
    const raw = Buffer.from(values.buffer);
    data.push(raw, Buffer.alloc(padding(raw.length)));
    offset += raw.length + padding(raw.length);
  }

  const head = Buffer.concat([Buffer.from('GGUF'), u32(3), u64(tensors.length), u64(metadata.length), ...metadata, ...infos]);
  writeFileSync(path, Buffer.concat([head, Buffer.alloc(padding(head.length)), ...data]));
}

function padding(length: number): number {
  return (ALIGNMENT - length % ALIGNMENT) % ALIGNMENT;
}

function u32(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(value >>> 0);
  return out;
}

function u64(value: number): Buffer {
  const out = Buffer.alloc(8);
  out.writeBigUInt64LE(BigInt(value));
  return out;
}

function f32(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeFloatLE(value);
  return out;
}

function text(value: string): Buffer {
  const raw = Buffer.from(value);
  return Buffer.concat([u64(raw.length), raw]);
}

function pair(key: string, type: number, value: Buffer): Buffer {
  return Buffer.concat([text(key), u32(type), value]);
}

function list(type: number, values: Buffer[]): Buffer {
  return Buffer.concat([u32(type), u64(values.length), ...values]);
}
