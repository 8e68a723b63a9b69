// Says what it is doing while it does it: ask for a stream to see each line when it is printed.
const steps = ['Read the orders', 'Check the prices', 'Write the report'];
for (const [index, step] of steps.entries()) {
  console.log(`${index + 1}/${steps.length} ${step}`);
  await new Promise((resolve) => setTimeout(resolve, 300));
}
app_log('info', 'Finished', { steps: steps.length });

({ steps: steps.length });
