import type { Realm } from '../machine/realm.ts';
import type { PreparedSource } from '../source/prepared-source.ts';

/** Tells the realm where a mended text stands in its source. */
export function setPositions(
  realm: Pick<Realm, 'enter'>,
  url: string,
  { positions }: PreparedSource,
): void {
  if (positions !== null) realm.enter('setPositions', url, JSON.stringify(positions));
}
