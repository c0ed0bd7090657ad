import type { Section } from '../section.ts';
export const scalingSection: Section = { name: 'scaling', title: '', about: '', command: '', tables: () => [] };
