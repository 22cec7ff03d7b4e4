/**
 * GLSL of the three layers of the world; all share the uniforms of the view, see world-view.ts. Organisms and births are
 * points, one vertex each: a hundred thousand instances of a square take a software renderer seconds, points do not.
 */

const SHARED_UNIFORMS = `
uniform vec2 uCentre;   // of the view, in shares of the space
uniform vec2 uSpace;    // size of the space, steps
uniform vec2 uView;     // size of the view, CSS pixels
uniform float uScale;   // CSS pixels a step
uniform float uMargin;  // around the view, CSS pixels
uniform float uPixel;   // CSS pixels a device pixel
uniform float uLight;   // 1 in the light theme
`;

/** Where a place of the torus is drawn: the copy nearest to the centre of the view. */
const SHARED_PLACE = `
vec2 pointOf(vec2 place) {
  vec2 away = place - uCentre;
  away -= floor(away + 0.5);
  return away * uSpace * uScale;
}
// The port reaches beyond the view by the margin: points whose middle is outside it are not drawn at all.
vec4 clipOf(vec2 point) {
  return vec4(vec2(point.x, -point.y) / (uView + 2.0 * uMargin) * 2.0, 0.0, 1.0);
}
`;

/**
 * All that does not change over an organism's pixels is worked out here; what is left for the many pixels is small,
 * because a browser without a graphics card draws them one by one on the processor.
 */
export const ORGANISM_VERTEX = `#version 300 es
precision highp float;
in vec2 aPlace;
in vec4 aTraits; // hue, energy, look, heading in the high bits and whether it is lit in the lowest
${SHARED_UNIFORMS}
uniform float uCore;    // radius of the bright core, CSS pixels
uniform float uHalo;    // of the soft halo
uniform float uGain;    // of halos, less where many overlap
uniform float uHueKind; // 0 circle, 1 ramp, 2 category
uniform float uHasLit;  // 1 where some are lit, and the others step back
uniform float uSignals; // 1 where signals are shown
uniform sampler2D uPalette;
flat out vec4 vHalo;
flat out vec4 vCore;
flat out vec4 vColour;  // and energy
flat out vec4 vSignal;  // and whether there is one
flat out vec2 vHeading;
${SHARED_PLACE}
vec3 paletteAt(float column, float row) { return textureLod(uPalette, vec2(column, (row + 0.5) / 4.0), 0.0).rgb; }
void main() {
  float energy = aTraits.y;
  float look = floor(aTraits.z * 255.0 + 0.5);
  float signal = floor(look / 32.0);
  vec3 colour;
  float hue = floor(aTraits.x * 255.0 + 0.5);
  if (uHueKind < 1.5) colour = paletteAt((hue + 0.5) / 256.0, uHueKind);
  else colour = paletteAt((min(hue, 31.0) * 8.0 + 4.0) / 256.0, 2.0);
  vSignal = vec4(paletteAt((signal * 32.0 + 16.0) / 256.0, 3.0), step(0.5, signal) * uSignals);
  float bits = floor(aTraits.w * 255.0 + 0.5);
  float lit = mod(bits, 2.0);
  float angle = floor(bits / 16.0) / 16.0 * 6.283185307;
  vHeading = vec2(cos(angle), sin(angle));
  if (uLight > 0.5) {
    colour *= 0.76 - 0.16 * energy;
    float cover = 0.72 + 0.28 * energy;
    vCore = vec4(colour, 1.0) * cover;
    vHalo = vec4(colour, 1.0) * min(uGain, 0.5) * 0.4;
  } else {
    vCore = vec4(mix(colour, vec3(1.0), 0.04 + 0.26 * energy) * (0.5 + 0.42 * energy), 0.0);
    vHalo = vec4(colour * uGain * (0.4 + 0.7 * energy), 0.0);
  }
  // from afar a signal is a halo in its colour
  vHalo.rgb = mix(vHalo.rgb, vSignal.rgb * mix(uGain * 1.1, vHalo.a, uLight), vSignal.a);
  float presence = uHasLit < 0.5 ? 1.0 : lit > 0.5 ? 1.25 : 0.13;
  vCore = min(vCore * presence, 1.0);
  vHalo *= presence * presence;
  vSignal.a *= min(presence, 1.0);
  vColour = vec4(colour, energy);
  gl_PointSize = 2.0 * uHalo / uPixel;
  gl_Position = clipOf(pointOf(aPlace));
}`;

/** From afar: a bright core in a soft halo. */
export const ORGANISM_FAR = `#version 300 es
precision highp float;
flat in vec4 vHalo;
flat in vec4 vCore;
uniform vec2 uCoreEdge; // the core's radius in halos, and how steeply it ends
out vec4 finalColor;
void main() {
  float far = length(gl_PointCoord * 2.0 - 1.0);
  float fall = max(1.0 - far, 0.0);
  finalColor = vHalo * (fall * fall) + vCore * clamp((uCoreEdge.x - far) * uCoreEdge.y + 0.5, 0.0, 1.0);
}`;

/** Near by: a membrane, a kernel as large as the energy, a stroke where it is heading, a ring in the signal's colour. */
export const ORGANISM_NEAR = `#version 300 es
precision highp float;
flat in vec4 vHalo;
flat in vec4 vCore;
flat in vec4 vColour;
flat in vec4 vSignal;
flat in vec2 vHeading;
uniform float uCore;
uniform float uHalo;
uniform float uDetail;  // 0 as from afar, 1 near by
uniform float uPixel;
uniform float uLight;
out vec4 finalColor;
float band(float value, float width) { return 1.0 - smoothstep(width, width + uPixel, abs(value)); }
void main() {
  vec2 offset = (gl_PointCoord * 2.0 - 1.0) * uHalo;
  float far = length(offset);
  float fall = max(1.0 - far / uHalo, 0.0);
  float plain = 1.0 - smoothstep(uCore - 0.6 * uPixel, uCore + 0.6 * uPixel, far);
  float kernel = uCore * (0.22 + 0.55 * sqrt(vColour.a));
  float inside = 1.0 - smoothstep(kernel - 0.22 * uCore, kernel + 0.12 * uCore, far);
  float line = max(0.45, uCore * 0.045);
  float body = mix(plain, max(plain * 0.22 + inside * 0.78, band(far - uCore, line) * 0.8), uDetail);
  float along = dot(offset, vHeading);
  float across = dot(offset, vec2(-vHeading.y, vHeading.x));
  float stroke = uDetail * step(uCore, along) * (1.0 - smoothstep(uCore * 1.5, uCore * 1.5 + uPixel, along)) * band(across, line);
  float ring = uDetail * vSignal.a * band(far - uCore * 1.8, line * 1.3);
  vec4 strokeColour = uLight > 0.5 ? vec4(0.1, 0.16, 0.16, 1.0) : vec4(0.85, 0.9, 0.86, 0.0);
  vec4 ringColour = uLight > 0.5 ? vec4(vSignal.rgb * 0.75, 1.0) : vec4(vSignal.rgb, 0.0);
  finalColor = vHalo * (fall * fall) + vCore * body + strokeColour * stroke * max(vCore.a, max(vCore.r, max(vCore.g, vCore.b))) + ringColour * ring;
}`;

/** A mark a birth or a death; at most a few hundred. */
export const RING_VERTEX = `#version 300 es
precision highp float;
in vec2 aPlace;
in float aBorn; // seconds, or pictures where motion is not wanted
${SHARED_UNIFORMS}
uniform float uNow;
uniform float uRingLife;
uniform float uStill;   // 1 where motion is not wanted
flat out vec3 vRing; // radius, strength, size of the point
${SHARED_PLACE}
void main() {
  float age = (uNow - aBorn) / uRingLife;
  float grown = mix(1.0 - (1.0 - age) * (1.0 - age), 0.6, uStill);
  float radius = mix(4.0, clamp(uScale * 1.9, 9.0, 30.0), grown);
  vRing = vec3(radius, clamp(1.0 - age, 0.0, 1.0), radius + 2.0);
  gl_PointSize = 2.0 * vRing.z / uPixel;
  // Faded rings are moved out of sight instead of being drawn unseen.
  gl_Position = age < 1.0 ? clipOf(pointOf(aPlace)) : vec4(2.0, 2.0, 2.0, 1.0);
}`;

export const BIRTH_FRAGMENT = `#version 300 es
precision highp float;
flat in vec3 vRing;
uniform float uLight;
uniform float uPixel;
out vec4 finalColor;
void main() {
  float ring = 1.0 - smoothstep(0.0, max(1.0, uPixel), abs(length(gl_PointCoord * 2.0 - 1.0) * vRing.z - vRing.x));
  float alpha = ring * vRing.y * 0.6;
  vec3 colour = mix(vec3(0.92, 0.97, 0.95), vec3(0.16, 0.24, 0.24), uLight);
  finalColor = vec4(colour * alpha, alpha);
}`;

/** A cross that shrinks, where that is no motion too much: not only another colour than a birth's ring, but another shape. */
export const DEATH_FRAGMENT = `#version 300 es
precision highp float;
flat in vec3 vRing;
uniform float uLight;
uniform float uPixel;
uniform float uStill;
out vec4 finalColor;
void main() {
  vec2 at = (gl_PointCoord * 2.0 - 1.0) * vRing.z;
  float size = mix(mix(2.0, 6.0, vRing.y), 5.0, uStill);
  float stroke = min(abs(at.x - at.y), abs(at.x + at.y)) * 0.70710678;
  float cross = (1.0 - smoothstep(0.4, 0.6 + max(1.0, uPixel), stroke)) * step(max(abs(at.x), abs(at.y)), size);
  float alpha = cross * vRing.y * 0.85;
  vec3 colour = mix(vec3(0.93, 0.52, 0.3), vec3(0.6, 0.24, 0.05), uLight);
  finalColor = vec4(colour * alpha, alpha);
}`;

export const FIELD_VERTEX = `#version 300 es
precision highp float;
in vec2 aCorner;
${SHARED_UNIFORMS}
out vec2 vPlace;
void main() {
  vPlace = uCentre + aCorner * 0.5 * uView / (uScale * uSpace);
  gl_Position = vec4(aCorner.x, -aCorner.y, 0.0, 1.0);
}`;

const FIELD_HEAD = `#version 300 es
precision highp float;
in vec2 vPlace;
uniform sampler2D uField;
uniform vec2 uFieldSize;
uniform vec3 uGround;
uniform vec3 uGrown;
uniform float uRelief;
uniform float uPixelsPerCell;
uniform float uLight;
out vec4 finalColor;
`;

// The slope comes from neighbouring pixels at no cost; light falls from the upper left as if the field were hills.
const FIELD_MAIN = `
void main() {
  float amount = amountAt(vPlace);
  float slope = (dFdx(amount) - dFdy(amount)) * uPixelsPerCell;
  float shade = 1.0 + clamp(slope, -1.0, 1.0) * uRelief * mix(0.3, 0.05, uLight);
  finalColor = vec4(mix(uGround, uGrown, amount * uRelief) * shade, 1.0);
}`;

/** Cells of a few pixels: the graphics card's own smoothing will do. */
export const FIELD_FAR = `${FIELD_HEAD}
float amountAt(vec2 place) { return texture(uField, place).r; }
${FIELD_MAIN}`;

/** Large cells: a cubic B-spline from four bilinear look-ups, so that they melt into one another however near one looks. */
export const FIELD_NEAR = `${FIELD_HEAD}
float amountAt(vec2 place) {
  vec2 at = place * uFieldSize - 0.5;
  vec2 cell = floor(at);
  vec2 f = at - cell;
  vec2 f2 = f * f;
  vec2 f3 = f2 * f;
  vec2 w0 = (1.0 - f) * (1.0 - f) * (1.0 - f) / 6.0;
  vec2 w1 = (4.0 - 6.0 * f2 + 3.0 * f3) / 6.0;
  vec2 w3 = f3 / 6.0;
  vec2 w2 = 1.0 - w0 - w1 - w3;
  vec2 low = w0 + w1;
  vec2 high = w2 + w3;
  vec2 from = (cell - 0.5 + w1 / low) / uFieldSize;
  vec2 to = (cell + 1.5 + w3 / high) / uFieldSize;
  return low.y * (low.x * texture(uField, from).r + high.x * texture(uField, vec2(to.x, from.y)).r)
    + high.y * (low.x * texture(uField, vec2(from.x, to.y)).r + high.x * texture(uField, to).r);
}
${FIELD_MAIN}`;
