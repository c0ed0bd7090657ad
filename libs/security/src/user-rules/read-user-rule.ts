/** A rule of a user: texts to look for in fields, with examples of its own. */
import { severities } from '@sluice/event';

import { inspectedFields } from '../threat-rule.ts';

import type { Subject } from '../subject.ts';
import type { Example, InspectedField, ThreatRule } from '../threat-rule.ts';
import type { Section } from './yaml-reader.ts';

const places = ['anywhere', 'start', 'end', 'whole', 'word'] as const;
type Place = (typeof places)[number];

/** Undefined where the section has errors; they are noted. */
export function readUserRule(section: Section): ThreatRule | undefined {
  section.allow('id', 'class', 'severity', 'score', 'title', 'fields', 'contains', 'place', 'refs', 'matches', 'honest');
  const id = section.text('id');
  if (id === undefined) section.failAt('id', 'expected an id such as LOCAL-001');
  else if (!/^[A-Z][A-Z0-9-]{1,39}$/.test(id)) section.failAt('id', 'expected capitals, digits and dashes, such as LOCAL-001');
  const name = section.text('class') ?? 'local';
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(name)) section.failAt('class', 'expected small letters and dashes');
  const severity = oneOf(section, 'severity', severities, 'high');
  const place = oneOf(section, 'place', places, 'anywhere');
  const score = section.wholeNumber('score', 1, 10);
  const fields = section.texts('fields');
  for (const field of fields) if (!isField(field)) section.failAt('fields', `unknown field ${field}; expected ${inspectedFields.join(', ')}`);
  const contains = section.texts('contains').map((text) => text.toLowerCase());
  if (contains.length === 0) section.failAt('contains', 'expected a text or a list of texts to look for');
  for (const text of contains) if (!/^[ -~]{2,200}$/.test(text)) section.failAt('contains', 'expected 2 to 200 printable characters of ASCII');
  if (
    id === undefined ||
    severity === undefined ||
    place === undefined ||
    score === undefined ||
    contains.some((text) => !/^[ -~]{2,200}$/.test(text))
  )
    return undefined;
  const known = fields.filter(isField);
  const shown = known[0] ?? 'query';
  return {
    id,
    class: name,
    severity,
    score,
    title: section.text('title') ?? `A rule of this site: ${id}.`,
    refs: section.texts('refs'),
    ...(known.length === 0 ? {} : { fields: known }),
    literals: [...new Set(contains)],
    find: (subject) => findText(subject, contains, place),
    matches: toExamples(section.texts('matches'), shown),
    honest: toExamples(section.texts('honest'), shown),
  };
}

function findText({ text }: Subject, wanted: readonly string[], place: Place): number {
  for (const one of wanted) {
    const at = place === 'end' ? text.lastIndexOf(one) : text.indexOf(one);
    if (at >= 0 && fits(text, one, at, place)) return at;
  }
  return -1;
}

function fits(text: string, one: string, at: number, place: Place): boolean {
  const end = at + one.length;
  switch (place) {
    case 'anywhere':
      return true;
    case 'start':
      return at === 0;
    case 'end':
      return end === text.length;
    case 'whole':
      return at === 0 && end === text.length;
    case 'word':
      return !/\w/.test(text.charAt(at - 1)) && !/\w/.test(text.charAt(end));
  }
}

function oneOf<T extends string>(section: Section, key: string, values: readonly T[], otherwise: T): T | undefined {
  const text = section.text(key) ?? otherwise;
  const found = values.find((value) => value === text);
  if (found === undefined) section.failAt(key, `expected one of ${values.join(', ')}`);
  return found;
}

function isField(text: string): text is InspectedField {
  return (inspectedFields as readonly string[]).includes(text);
}

function toExamples(texts: readonly string[], field: InspectedField): Example[] {
  return texts.map((text) => ({ field, text }));
}
