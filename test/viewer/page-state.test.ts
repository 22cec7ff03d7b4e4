import { produce } from 'immer';
import { describe, expect, it } from 'vitest';
import { Camera } from '../../viewer/app/camera.ts';
import { parseFrame } from '../../viewer/app/frame.ts';
import { applyMessage, EMPTY_STATE, MAX_LOG_LINES, type PageState } from '../../viewer/app/state.ts';
import { stepped, withVisibleControls } from '../../viewer/app/words.ts';
import { FRAME_HEADER_BYTES, FRAME_MAGIC, type LogLine, type OrganismFacts, type ServerMessage } from '../../viewer/protocol.ts';

function after(state: PageState, ...messages: ServerMessage[]): PageState {
  return produce(state, (draft) => messages.forEach((message) => applyMessage(draft, message)));
}

const organism: OrganismFacts = {
  id: 7, alive: true, bornAt: 10, age: 5, energy: 20, children: 3, tag: 9, lineage: 1, operator: 'llm', genome: 'otherwise -> eat', firedLine: 0, intent: null, rewritten: false, worth: null,
  mobility: 0.5, diet: 0.25, x: 1, y: 2, parents: [3], ancestors: [], story: null, thoughts: [],
};

describe('the state of the page', () => {
  it('keeps the newest lines of the log, and every command as a pin', () => {
    const lines = Array.from({ length: MAX_LOG_LINES + 5 }, (_, seq): LogLine => ({ seq, tick: seq, kind: seq % 100 === 0 ? 'command' : 'birth', text: '' }));
    const state = after(EMPTY_STATE, { type: 'log', lines });
    expect(state.log).toHaveLength(MAX_LOG_LINES);
    expect(state.log.at(-1)?.seq).toBe(MAX_LOG_LINES + 4);
    expect(state.pins.map(({ seq }) => seq)).toEqual([0, 100, 200]);
  });

  it('keeps on the card what was last seen of an organism that died', () => {
    const dead = { ...organism, alive: false, age: 9, energy: 0, children: 0, tag: 0, mobility: 0, diet: 0, firedLine: -1 };
    const state = after(EMPTY_STATE, { type: 'organism', organism }, { type: 'organism', organism: dead });
    expect(state.hand).toEqual({ kind: 'organism', organism: { ...organism, alive: false, age: 9, energy: 0 } });
    expect(after(state, { type: 'organism', organism: null }).hand).toMatchObject({ organism: { alive: false, children: 3 } });
  });
});

describe('a frame', () => {
  it('is taken apart without copying', () => {
    const bytes = new ArrayBuffer(FRAME_HEADER_BYTES + 2 * 8 + 4 + 6);
    const header = new DataView(bytes);
    [FRAME_MAGIC, 33, 2, 1].forEach((value, index) => header.setUint32(index * 4, value, true));
    header.setFloat32(16, 256, true);
    header.setFloat32(20, 128, true);
    header.setUint16(24, 3, true);
    header.setUint16(26, 2, true);
    header.setUint32(28, 2, true);
    const frame = parseFrame(bytes);
    expect(frame).toMatchObject({ tick: 33, count: 2, birthCount: 1, width: 256, height: 128, fieldColumns: 3, fieldRows: 2, inHand: 1 });
    expect(frame.organisms.buffer).toBe(bytes);
    expect(frame.field?.byteOffset).toBe(FRAME_HEADER_BYTES + 20);
  });

  it('[V3] is refused when it is cut short or of another kind', () => {
    expect(() => parseFrame(new ArrayBuffer(8))).toThrow('A frame of 8 bytes is shorter than its header of 32.');
    const bytes = new ArrayBuffer(FRAME_HEADER_BYTES);
    expect(() => parseFrame(bytes)).toThrow('begins with 0x0');
    new DataView(bytes).setUint32(0, FRAME_MAGIC, true);
    new DataView(bytes).setUint32(8, 1, true);
    expect(() => parseFrame(bytes)).toThrow('too short for 1 organisms');
  });
});

describe('text and numbers', () => {
  it('[V4][L2] shows characters that change direction or hide as escapes', () => {
    expect(withVisibleControls('eat \u202e tae \u0000\u200b')).toBe('eat \\u202e tae \\u0000\\u200b');
    expect(withVisibleControls('otherwise -> climb grass\n\tété 草')).toBe('otherwise -> climb grass\n\tété 草');
  });

  it('writes a value with the decimals of its step', () => {
    expect([stepped(0.4200001, 0.01), stepped(3, 1), stepped(0, 0.0001), stepped(0.05, 0.001)]).toEqual(['0.42', '3', '0', '0.05']);
  });
});

describe('the camera on a torus', () => {
  it('keeps the place under the pointer while it zooms, and finds it again', () => {
    const camera = new Camera();
    camera.resize(800, 600);
    camera.enter(256, 256);
    const before = camera.placeAt(700, 50);
    camera.zoom(4, 700, 50);
    const place = camera.placeAt(700, 50);
    expect(place.x).toBeCloseTo(before.x, 9);
    expect(place.y).toBeCloseTo(before.y, 9);
    expect(camera.pointOf(place.x, place.y).x).toBeCloseTo(700, 6);
  });

  it('never shows a place twice', () => {
    const camera = new Camera();
    camera.resize(800, 600);
    camera.enter(256, 128);
    camera.zoom(0.01, 400, 300);
    expect(camera.viewWidth / camera.scale).toBeLessThanOrEqual(256);
    expect(camera.viewHeight / camera.scale).toBeLessThanOrEqual(128);
  });
});
