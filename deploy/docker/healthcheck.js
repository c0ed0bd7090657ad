// Asks the process in the same container whether it lives; exit code 0 when it does. /ready tells whether its dependencies do, too.
const port = process.env.SLUICE_MONITORING__METRICS_PORT ?? '8000';
fetch(`http://127.0.0.1:${port}/live`, { signal: AbortSignal.timeout(4000) }).then(
  (response) => process.exit(response.ok ? 0 : 1),
  () => process.exit(1),
);
