/** Tests wait for a condition rather than for a time: machines differ in speed. */

/** Waits until a condition holds. @throws {Error} it does not hold within two minutes */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 120_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`The condition does not hold: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
