import { exportFormats } from '../../core/recording/export-formats.ts';

/** Forms in which what happened in a run is exported: tables, its phylogeny, and the genotypes of a Muller plot. */
export const exportForms = [...exportFormats, 'phylogeny', 'newick', 'muller'] as const;
export type ExportForm = (typeof exportForms)[number];
