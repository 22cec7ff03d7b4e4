/** Bytes of buffers and textures that WebGL holds for the page. */
export type GraphicsBytes = () => number;

/** Runs in the page before all else: counts what is given to WebGL and taken back from it, as `window.graphicsBytes()`. */
export function countGraphics(): void {
  const held = new Map<object, number>();
  const proto = WebGL2RenderingContext.prototype;
  const bound = new Map<number, object | null>();
  const { bindBuffer, bindTexture, bufferData, deleteBuffer, deleteTexture, texImage2D } = proto;
  proto.bindBuffer = function (target, buffer) { bound.set(target, buffer); bindBuffer.call(this, target, buffer); };
  proto.bindTexture = function (target, texture) { bound.set(target, texture); bindTexture.call(this, target, texture); };
  proto.bufferData = function (this: WebGL2RenderingContext, ...given: unknown[]) {
    const [target, data] = given as [number, number | ArrayBufferView | ArrayBuffer | null];
    const buffer = bound.get(target);
    if (buffer) held.set(buffer, typeof data === 'number' ? data : data?.byteLength ?? 0);
    (bufferData as (...all: unknown[]) => void).apply(this, given);
  } as typeof proto.bufferData;
  proto.texImage2D = function (this: WebGL2RenderingContext, ...given: unknown[]) {
    const [target, , format, width, height] = given as number[];
    const texture = bound.get(target!);
    // one byte a pixel for R8, else four at most
    if (texture && given.length >= 9) held.set(texture, width! * height! * (format === this.R8 ? 1 : 4));
    (texImage2D as (...all: unknown[]) => void).apply(this, given);
  } as typeof proto.texImage2D;
  proto.deleteBuffer = function (buffer) { if (buffer) held.delete(buffer); deleteBuffer.call(this, buffer); };
  proto.deleteTexture = function (texture) { if (texture) held.delete(texture); deleteTexture.call(this, texture); };
  Object.assign(window, {
    graphicsBytes() {
      let sum = 0;
      for (const bytes of held.values()) sum += bytes;
      return sum;
    },
  });
}
