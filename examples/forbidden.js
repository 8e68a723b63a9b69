// The private network, the host's own ports and cloud metadata are out of reach for a script.
const targets = ['http://169.254.169.254/latest/meta-data/', 'http://10.0.0.1/', 'http://[::1]/'];

const refusals = {};
for (const target of targets) {
  try {
    await fetch(target);
  } catch (error) {
    refusals[target] = `${error.name}: ${error.message}`;
  }
}

refusals;
