/** Checks types of components and instances by themselves. */

import { evaluateDeclarations } from './declarations.ts';
import type { Type } from './scope.ts';
import { standIns } from './stand-ins.ts';
import { Visibility } from './visibility.ts';
import type { Work } from './work.ts';

/** @throws {MalformedModule} where the type is of a component or instance, and something in it is wrong */
export function checkType({ kind, ...type }: Type, work: Work): void {
  if (work.isChecked || !('declarations' in type)) return;
  // What is exported by the type of an instance is looked at where an import or export has the type.
  const borders = kind === 'component' ? new Visibility(work) : null;
  const { declarations, scope } = type;
  evaluateDeclarations(declarations, scope, work, standIns(work), { borders });
}
