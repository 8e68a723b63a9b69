/** The name of a native function whose frame in QuickJS's stacks says: those below it await. */
export const awaitFrameName = '@await';
