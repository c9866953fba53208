import { ContainerModule } from 'inversify';
import { TOKENS } from './tokens.js';

/** What operators do is kept in a file. */
export const auditLog = new ContainerModule(async ({ bind }) => {
  const { AuditLogFile } = await import('../adapters/audit-log/audit-log-file.js');
  bind(TOKENS.ModerationLog).toResolvedValue(
    ({ dataDir }) => new AuditLogFile(dataDir),
    [TOKENS.FixedConfig],
  );
});
