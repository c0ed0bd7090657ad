export { createGeoDatabase } from './create-geo-database.ts';
export type { GeoDatabase, GeoDatabaseDeps } from './create-geo-database.ts';
export type { GeoFile } from './geo-file.ts';
