/** Kinds of names: Component Model, Explainer.md, Import and Export Definitions. */

/** Words of one case each, the first beginning with a letter. */
const words = '(?:[a-z][0-9a-z]*|[A-Z][0-9A-Z]*)(?:-(?:[0-9a-z]+|[0-9A-Z]+))*';

export const label: RegExp = new RegExp(`^${words}$`);

const word = '[a-z][0-9a-z]*(?:-[0-9a-z]+)*';
const version =
  '(?:0|[1-9]\\d*)\\.(?:0|[1-9]\\d*)\\.(?:0|[1-9]\\d*)(?:-[0-9A-Za-z.-]+)?(?:\\+[0-9A-Za-z.-]+)?';
/** A version that stands for all that are compatible with it. */
const canonical = '(?:[1-9]\\d*|0\\.[1-9]\\d*|0\\.0\\.\\d+)';

/** Packages within packages, and interfaces within interfaces, are not settled yet. */
export const interfaceName: RegExp = new RegExp(
  `^${word}:${word}/${words}(?:@(?:${version}|${canonical}))?$`,
);
