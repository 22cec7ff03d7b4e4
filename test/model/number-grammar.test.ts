import { describe, expect, test } from 'vitest';
import { integerForm, numberForm } from '../../agents/model/number-grammar.ts';

/** These grammars have no names in them, so that with white space and quotes taken away they are regular expressions. */
function matcher(form: string | undefined): RegExp {
  return new RegExp(`^(${(form ?? '(?!)').replaceAll('"."', '\\.').replaceAll(/[ "]/g, '')})$`);
}

describe('whole numbers within bounds', () => {
  const ranges: [number, number][] = [[0, 0], [1, 10], [0, 9], [3, 7], [-5, 5], [-120, -7], [95, 1004], [-1, 0], [10, 99], [100, 199], [-1000, 1000], [37, 42], [990, 1010]];
  test.each(ranges)('%i to %i are written, and no others', (minimum, maximum) => {
    const form = matcher(integerForm({ minimum, maximum }));
    for (let n = -1300; n <= 1300; n++) expect(form.test(String(n)), String(n)).toBe(n >= minimum && n <= maximum);
    for (const odd of ['', '-', '-0', '00', '01', '1.0', '1e1', '+1']) expect(form.test(odd), odd).toBe(false);
  });

  test('bounds that are no whole numbers, or not to be reached, are drawn in', () => {
    const form = matcher(integerForm({ minimum: 0.5, exclusiveMaximum: 4 }));
    expect([0, 1, 2, 3, 4].filter((n) => form.test(String(n)))).toEqual([1, 2, 3]);
    expect(integerForm({ minimum: 0.2, maximum: 0.8 })).toBeUndefined();
    expect(integerForm({ exclusiveMinimum: 1, exclusiveMaximum: 2 })).toBeUndefined();
  });

  test('without bounds they have at most nine digits', () => {
    const form = matcher(integerForm({ minimum: -Number.MAX_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }));
    expect(form.test('-999999999') && form.test('999999999') && form.test('0')).toBe(true);
    expect(form.test('1000000000')).toBe(false);
  });
});

describe('decimal numbers within bounds', () => {
  test.each([[0, 1], [1, 10], [-1, 1], [-3, -1], [0, 0], [-2, 0]])('%i to %i', (minimum, maximum) => {
    const form = matcher(numberForm({ minimum, maximum }));
    for (let hundredths = -1200; hundredths <= 1200; hundredths++) {
      const n = hundredths / 100;
      expect(form.test(String(n)), String(n)).toBe(n >= minimum && n <= maximum);
    }
  });

  test('end, and stay finite', () => {
    const form = matcher(numberForm({}));
    expect(form.test('12.3456') && form.test('-0.5')).toBe(true);
    for (const odd of ['1.', '.5', '1.23456', '1e9', '1e999', '']) expect(form.test(odd), odd).toBe(false);
  });
});
