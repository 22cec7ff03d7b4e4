import { ARCHIVE_DIMS, archiveFacts } from '../core/archive/life-archive.ts';
import type { Kernel } from '../core/kernel/kernel.ts';
import { parameterFacts } from '../core/kernel/parameters.ts';
import type { Field } from '../core/kernel/field.ts';
import type { Schedule } from '../core/schedules/schedule.ts';
import type { HueFacts, Totals, WorldFacts } from './facts.ts';
import type { Lab } from './lab.ts';

/** A field that pages can draw. */
export interface NamedField { readonly name: string; readonly title: string; readonly field: Pick<Field, 'cols' | 'rows' | 'amount'> }

/** The fields of a world: those that it names, else its one resource. */
export function fieldsOf({ parts: { field, fields } }: Kernel): readonly NamedField[] {
  return fields ?? [{ name: 'resource', title: 'Resource', field }];
}

/** The parameter by which a world is known, as it stands now; nothing where it has none. */
export function headlineOf({ kernel: { parts: { headline } }, world }: Lab['simulation']): Pick<Totals, 'headline'> {
  if (headline === undefined) return {};
  const facts = parameterFacts(world.parameters).find(({ key }) => key === headline.key);
  return { headline: { title: facts?.title ?? headline.key, unit: facts?.unit ?? '', value: headline.value() } };
}

/** What a page is told of a world once. `turnedBy` says what turns a parameter, and from where. */
export function worldFacts(lab: Lab, hues: HueFacts[], turnedBy: (key: string) => { schedule: Schedule | null; base: number | null }): WorldFacts {
  const { simulation: { kernel, world }, service, archiveChoice } = lab;
  const { vocabulary } = world;
  return {
    name: world.name, title: world.title, sentence: world.sentence, width: kernel.width, height: kernel.height, energyFull: world.energyFull,
    senses: vocabulary.senses.map(({ name, sentence, unit }) => ({ name, sentence, unit })),
    acts: vocabulary.acts.map(({ name, sentence }) => ({ name, sentence })),
    signals: vocabulary.signals.map((name) => ({ name })),
    // sliders that nobody would answer are left out
    parameters: parameterFacts(world.parameters).filter(({ ofModel, key }) => !ofModel || service !== null || kernel.parameter(key) !== 0)
      .map((fact) => ({ ...fact, value: kernel.parameter(fact.key), ...turnedBy(fact.key) })),
    hues,
    fields: fieldsOf(kernel).map(({ name, title }) => ({ name, title })),
    archive: { dims: [...ARCHIVE_DIMS], ...archiveFacts(world, archiveChoice) },
    question: world.question === undefined ? null : { name: world.question.name, text: world.question.text },
  };
}
