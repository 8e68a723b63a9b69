/** Stand-ins for what a component, or a type of one, imports and exports: to check it by itself. */

import { MalformedModule } from '../../../wasm-binary/reader.ts';
import { compileModule } from '../../module/compiled.ts';
import { trap } from '../abi/trap.ts';
import type { ExternType } from '../binary/definitions.ts';
import { evaluateDeclarations } from './declarations.ts';
import { declaredShape } from './module-types.ts';
import { type Item, renamed, type Scope } from './scope.ts';
import type { Work } from './work.ts';

/** Gives anything that is asked for; nothing of it can be called. */
export function standIns(work: Work) {
  return (name: string, type: ExternType, scope: Scope, offset: number): Item => {
    switch (type.sort) {
      case 'type': {
        if (type.bound !== 'resource') return renamed(scope.get('type', type.bound.equals, offset));
        const resource = { name, host: name, owner: null, destroy: null };
        return { sort: 'type', type: { kind: 'resource', type: resource } };
      }
      case 'func': {
        const { type: signature } = scope.type('func', type.type, offset);
        const invoke = () => trap('a stand-in was called');
        return { sort: 'func', func: { type: signature, mayBlock: false, invoke } };
      }
      case 'instance': {
        const { declarations, scope: outer } = scope.type('instance', type.type, offset);
        const exports = evaluateDeclarations(declarations, outer, work, standIns(work));
        return { sort: 'instance', exports };
      }
      case 'component': {
        const declared = scope.type('component', type.type, offset);
        return { sort: 'component', component: { declared } };
      }
      case 'core module': {
        const { type: wanted } = scope.get('core type', type.type, offset);
        if (wanted.kind !== 'module') {
          throw new MalformedModule(`core type ${type.type} is not that of a module`, offset);
        }
        const empty = compileModule(emptyModule, 0);
        const shape = { ...empty.shape, ...declaredShape(wanted, offset) };
        return { sort: 'core module', module: { ...empty, shape } };
      }
    }
  };
}

const emptyModule = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
