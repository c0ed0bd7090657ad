import type { Section } from '../section.ts';
export const servicesSection: Section = { name: 'services', title: '', about: '', command: '', tables: () => [] };
