/**
 * A frame: the organisms at one tick, column by column, for whoever draws them. Little-endian throughout.
 *
 *     offset   bytes    content
 *     0        u32      0x324e434c, "LCN2"
 *     4        u32      tick
 *     8        u32      n, number of organisms
 *     12       u32      1 + index of the organism in hand, 0 when there is none or it is not in this frame
 *     16       u16 u16  b and d, births and deaths since the last frame (at most 4096 each)
 *     20       u8       flags: 1 of the past, 2 with lit bits, 4 played back from a record
 *     21       u8       hue: index into `WorldFacts.hues`
 *     22       u8       f, number of fields in this frame
 *     23       u8       0
 *     24       f32 f32  what 0 and 255 of the hue stand for
 *     32       f32 f32  width and height of the space, in steps
 *     40       n x u16  x, 65536 = the whole width
 *              n x u16  y, 65536 = the whole height
 *              n x u8   hue
 *              n x u8   look: act in bits 0-4 (index into `WorldFacts.acts`), signal in bits 5-7 (0 = silent, else
 *                       1 + index into `WorldFacts.signals`)
 *              n x u8   vigour: heading of the last move in bits 0-3 (16ths of a turn, clockwise from east, y down),
 *                       energy in bits 4-7 (15 is the world's `energyFull` or more)
 *              n bits   lit, only with flag 2: bit i % 8 of byte floor(i / 8)
 *              0 to 3   zeros, up to a multiple of 4
 *              b x 4    u16 x, u16 y of each birth
 *              d x 4    u16 x, u16 y of each death
 *              f times  u8 index into `WorldFacts.fields`, u8 0, u16 columns, u16 rows, u16 0; then columns x rows u8
 *                       amount, row by row, 255 = full, and zeros up to a multiple of 4
 *
 * So an organism costs 7 bytes. A page spreads them out to the 8 that the graphics card reads (`app/frame.ts`).
 */
export const FRAME_MAGIC = 0x324e434c;
export const FRAME_HEADER_BYTES = 40;
export const FRAME_ORGANISM_BYTES = 7;
/** Of a birth or a death. */
export const FRAME_PLACE_BYTES = 4;
export const FRAME_MOST_PLACES = 4096;
export const FRAME_FIELD_HEADER_BYTES = 8;

export const FrameFlag = { past: 1, lit: 2, played: 4 } as const;

/** The next multiple of 4. */
export function padded(bytes: number): number {
  return (bytes + 3) & ~3;
}
