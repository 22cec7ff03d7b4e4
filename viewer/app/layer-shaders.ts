/** GLSL of the three layers of the world. All share one set of uniforms, see `ViewUniforms` in world-view.ts. */

const SHARED_UNIFORMS = `
uniform vec2 uCentre;   // of the view, in shares of the space
uniform vec2 uSpace;    // size of the space, steps
uniform vec2 uView;     // size of the view, CSS pixels
uniform float uScale;   // CSS pixels a step
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
vec4 clipOf(vec2 point) {
  return vec4(point.x / uView.x * 2.0, -point.y / uView.y * 2.0, 0.0, 1.0);
}
`;

export const ORGANISM_VERTEX = `#version 300 es
precision highp float;
in vec2 aCorner;
in vec2 aPlace;
in vec4 aTraits; // tag, energy, look, heading
${SHARED_UNIFORMS}
uniform float uCore;    // radius of the bright core, CSS pixels
uniform float uHalo;    // of the soft halo
uniform float uColourBy; // 0 tag, 1 energy, 2 act
uniform sampler2D uPalette;
out vec2 vOffset;
flat out vec3 vColour;
flat out vec3 vSignal;
flat out vec2 vHeading;
flat out vec2 vLife;    // energy, 1 when it signals
${SHARED_PLACE}
vec3 paletteAt(float column, float row) { return textureLod(uPalette, vec2(column, (row + 0.5) / 4.0), 0.0).rgb; }
void main() {
  float look = floor(aTraits.z * 255.0 + 0.5);
  float signal = floor(look / 32.0);
  float act = look - signal * 32.0;
  if (uColourBy < 0.5) vColour = paletteAt((aTraits.x * 255.0 + 0.5) / 256.0, 0.0);
  else if (uColourBy < 1.5) vColour = paletteAt(clamp(aTraits.y, 0.5 / 256.0, 1.0 - 0.5 / 256.0), 1.0);
  else vColour = paletteAt((act * 8.0 + 4.0) / 256.0, 2.0);
  vSignal = paletteAt((signal * 32.0 + 16.0) / 256.0, 3.0);
  vLife = vec2(aTraits.y, step(0.5, signal));
  float angle = aTraits.w * 255.0 / 256.0 * 6.283185307;
  vHeading = vec2(cos(angle), sin(angle));
  vOffset = aCorner * uHalo;
  gl_Position = clipOf(pointOf(aPlace) + vOffset);
}`;

export const ORGANISM_FRAGMENT = `#version 300 es
precision highp float;
in vec2 vOffset;
flat in vec3 vColour;
flat in vec3 vSignal;
flat in vec2 vHeading;
flat in vec2 vLife;
uniform float uCore;
uniform float uHalo;
uniform float uGain;    // of halos, less where many overlap
uniform float uDetail;  // 0 from afar, 1 near by: heading and signal
uniform float uPixel;
uniform float uLight;
out vec4 finalColor;
void main() {
  float far = length(vOffset);
  float energy = vLife.x;
  float core = uCore * (0.72 + 0.28 * energy);
  float edge = max(0.6 * uPixel, core * 0.22);
  float body = 1.0 - smoothstep(core - edge, core + edge, far);
  float fall = clamp(1.0 - far / uHalo, 0.0, 1.0);
  float halo = fall * fall * uGain * (0.35 + 0.65 * energy);
  float line = max(uPixel, 0.9);
  float ring = 0.0;
  float tick = 0.0;
  if (uDetail > 0.0) {
    float ringAt = core * 1.75;
    ring = vLife.y * uDetail * (1.0 - smoothstep(line * 0.5, line * 1.4, abs(far - ringAt)));
    float along = dot(vOffset, vHeading);
    float across = abs(dot(vOffset, vec2(-vHeading.y, vHeading.x)));
    float within = smoothstep(core * 0.2, core * 0.5, along) * (1.0 - smoothstep(core * 1.45, core * 1.6, along));
    tick = uDetail * within * (1.0 - smoothstep(line * 0.7, line * 1.7, across));
  }
  if (uLight > 0.5) {
    vec3 ink = vColour * (0.78 - 0.14 * energy);
    float alpha = clamp(body * (0.55 + 0.4 * energy) + halo * 0.35, 0.0, 1.0);
    vec3 colour = mix(mix(ink, vSignal * 0.8, ring), vec3(0.1, 0.16, 0.16), tick);
    alpha = max(alpha, max(ring, tick));
    finalColor = vec4(colour * alpha, alpha);
  } else {
    vec3 light = mix(vColour, vec3(1.0), 0.12 + 0.42 * energy * (1.0 - smoothstep(0.0, core, far)));
    vec3 colour = vColour * halo + light * body * (0.4 + 0.6 * energy);
    colour = mix(colour, vec3(1.0, 1.0, 0.94), tick * 0.85) + vSignal * ring;
    finalColor = vec4(colour, 0.0);
  }
}`;

export const BIRTH_VERTEX = `#version 300 es
precision highp float;
in vec2 aCorner;
in vec2 aPlace;
in float aBorn; // seconds
${SHARED_UNIFORMS}
uniform float uNow;
uniform float uRingLife;
out vec2 vOffset;
flat out vec2 vRing; // radius, strength
${SHARED_PLACE}
void main() {
  float age = (uNow - aBorn) / uRingLife;
  float grown = 1.0 - (1.0 - age) * (1.0 - age);
  float radius = mix(2.0, clamp(uScale * 1.9, 6.0, 26.0), grown);
  vRing = vec2(radius, clamp(1.0 - age, 0.0, 1.0));
  vOffset = aCorner * (radius + 2.0);
  // Faded rings collapse to nothing instead of being drawn unseen.
  gl_Position = clipOf(pointOf(aPlace) + (age < 1.0 ? vOffset : vec2(0.0)));
}`;

export const BIRTH_FRAGMENT = `#version 300 es
precision highp float;
in vec2 vOffset;
flat in vec2 vRing;
uniform float uLight;
uniform float uPixel;
out vec4 finalColor;
void main() {
  float line = max(0.5, uPixel * 0.6);
  float ring = 1.0 - smoothstep(line, line + uPixel, abs(length(vOffset) - vRing.x));
  float alpha = ring * vRing.y * 0.55;
  vec3 colour = mix(vec3(0.92, 0.97, 0.95), vec3(0.16, 0.24, 0.24), uLight);
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

export const FIELD_FRAGMENT = `#version 300 es
precision highp float;
in vec2 vPlace;
uniform sampler2D uField;
uniform vec2 uFieldSize;
uniform vec3 uGround;
uniform vec3 uGrown;
uniform float uRelief;
out vec4 finalColor;

// A cubic B-spline from four bilinear look-ups: cells melt into one another however near one looks.
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

void main() {
  float amount = amountAt(vPlace);
  // Light from the upper left over the field as if it were hills.
  float lit = amountAt(vPlace - vec2(0.7) / uFieldSize) - amount;
  float shade = 1.0 - clamp(lit * 1.1, -0.35, 0.35) * uRelief;
  finalColor = vec4(mix(uGround, uGrown, amount * uRelief) * shade, 1.0);
}`;
