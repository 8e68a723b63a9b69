import manifest from '../../package.json' with { type: 'json' };

/** How every outbound request names its sender. */
export const userAgent = `script-engine/${manifest.version}`;
