import { resolveChatWrapper, LlamaText, type ChatHistoryItem, type LlamaModel, type Token } from 'node-llama-cpp';
import type { ChatMessage } from './contract.ts';

/** Turns a chat into the tokens that a model was trained to read. */
export interface PromptReader {
  tokens(messages: ChatMessage[]): Token[];
  /** How many tokens at the beginning of a prompt are the same for all that have its system message; 0 when it has none. */
  shared(messages: ChatMessage[], tokens: readonly Token[]): number;
  /** Whether a token, though not the model's own end, ends a turn of the chat. */
  ends(token: Token): boolean;
}

/**
 * A reader for a model, after the chat template in its file. The marks of the template become special tokens; what the
 * messages say never does: `<|im_end|>` inside a message reads as punctuation and letters, so an organism
 * cannot end its own turn. A model without a template reads the messages joined by blank lines.
 */
export function createPromptReader(model: LlamaModel): PromptReader {
  const reader = createReader(model);
  const bare = new Map<string, Token[]>();
  return {
    ...reader,
    shared([system, ...rest], tokens) {
      if (system?.role !== 'system' || rest.length === 0) return 0;
      let other = bare.get(system.content);
      if (other === undefined) {
        if (bare.size >= KEPT_PREFIXES) bare.clear();
        other = reader.tokens([system, { role: 'user', content: '' }]);
        bare.set(system.content, other);
      }
      // The tokens are compared, not the texts: where two texts meet, a tokenizer may join what stands on both sides.
      const differs = other.findIndex((token, i) => token !== tokens[i]);
      return differs < 0 ? other.length : differs;
    },
  };
}

type Reader = Omit<PromptReader, 'shared'>;

/** System messages whose tokens are remembered. */
const KEPT_PREFIXES = 32;

function createReader(model: LlamaModel): Reader {
  const template: unknown = model.fileInfo.metadata.tokenizer?.chat_template;
  if (typeof template !== 'string' || template === '') return createPlainReader(model);
  if (template.includes('<|im_start|>')) return createChatMlReader(model) ?? createTemplateReader(model);
  return createTemplateReader(model);
}

function createPlainReader(model: LlamaModel): Reader {
  const { bos, shouldPrependBosToken } = model.tokens;
  return {
    tokens(messages) {
      const body = model.tokenize(messages.map((one) => one.content).join('\n\n'), false);
      if (bos !== null && shouldPrependBosToken) body.unshift(bos);
      return body.length > 0 ? body : model.tokenize('\n', false);
    },
    ends: () => false,
  };
}

/** ChatML, the commonest template, written out: rendering it takes microseconds where a template engine takes milliseconds. */
function createChatMlReader(model: LlamaModel): Reader | undefined {
  const [start, ...more] = model.tokenize('<|im_start|>', true);
  const [end, ...evenMore] = model.tokenize('<|im_end|>', true);
  if (start === undefined || end === undefined || more.length > 0 || evenMore.length > 0) return undefined;
  const { bos, shouldPrependBosToken } = model.tokens;
  const lead = bos !== null && shouldPrependBosToken && bos !== start ? [bos] : [];
  return {
    tokens(messages) {
      const all: Token[] = [...lead];
      const newline = model.tokenize('\n', false);
      for (const { role, content } of messages) {
        all.push(start, ...model.tokenize(`${role}\n${content}`, false), end, ...newline);
      }
      all.push(start, ...model.tokenize('assistant\n', false));
      return all;
    },
    ends: (token) => token === end,
  };
}

function createTemplateReader(model: LlamaModel): Reader {
  const wrapper = resolveChatWrapper(model);
  let stops = new Set<Token>();
  return {
    tokens(messages) {
      const chatHistory: ChatHistoryItem[] = messages.map(({ role, content }): ChatHistoryItem => (
        role === 'assistant' ? { type: 'model', response: [content] } : { type: role, text: content }
      ));
      chatHistory.push({ type: 'model', response: [] });
      const { contextText, stopGenerationTriggers } = wrapper.generateContextState({ chatHistory });
      stops = new Set(stopGenerationTriggers
        .map((trigger) => LlamaText(trigger).tokenize(model.tokenizer))
        .flatMap((trigger) => (trigger.length === 1 ? trigger : [])));
      return contextText.tokenize(model.tokenizer);
    },
    ends: (token) => stops.has(token),
  };
}
