import { exportFormats } from '../../core/recording/export-formats.ts';

/** Forms in which what happened in a run is exported: tables, and its phylogeny. */
export const exportForms = [...exportFormats, 'phylogeny', 'newick'] as const;
export type ExportForm = (typeof exportForms)[number];
