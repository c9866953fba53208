import { ContainerModule, type ServiceIdentifier } from 'inversify';
import { TOKENS } from './tokens.js';

/** People come with ssh. */
export const ssh = new ContainerModule(async ({ bind }) => {
  const [{ HostKey }, { SshServer }, { SshRooms }, { ListUsers }] = await Promise.all([
    import('../adapters/ssh/host-key.js'),
    import('../adapters/ssh/ssh-server.js'),
    import('./ssh-rooms.js'),
    import('../application/server/list-users.js'),
  ]);
  const HostKeyToken = Symbol('HostKey') as ServiceIdentifier<InstanceType<typeof HostKey>>;
  const RoomsToken = Symbol('SshRooms') as ServiceIdentifier<InstanceType<typeof SshRooms>>;
  bind(HostKeyToken).toResolvedValue(
    ({ history, dataDir }, newKey) => new HostKey(history === 'memory' ? undefined : dataDir, newKey),
    [TOKENS.FixedConfig, TOKENS.NewKeyFile],
  );
  bind(TOKENS.SshHostKey).toService(HostKeyToken);
  bind(TOKENS.ListUsers).toResolvedValue(
    (...parts) => new ListUsers(...parts),
    [TOKENS.ChatRoom, TOKENS.RoomLog, TOKENS.NameOwnership, TOKENS.RoomOrder],
  );
  bind(RoomsToken).toResolvedValue(
    (...parts) => new SshRooms(...parts),
    [TOKENS.LinksInside, TOKENS.Remote, TOKENS.ListUsers, TOKENS.RefusalText],
  );
  bind(TOKENS.Transport).toResolvedValue(
    ({ ssh: port = 0 }, settings, openPort, hostKey, connections, ownership, proofs, rooms, ...told) =>
      new SshServer(
        settings.view(config => ({
          maxSsh: config.maxSsh,
          loginTimeoutMs: config.sshLoginTimeoutMs,
          stallTimeoutMs: config.stallTimeoutMs,
          keepAliveMs: config.keepAliveMs,
          maxConnectionsPerAddress: config.maxConnectionsPerAddress,
          noTrustLoopback: config.noTrustLoopback,
        })),
        receive => openPort(port, 'ssh', (socket, { address }) => receive(socket, address)),
        hostKey,
        connections,
        {
          maySpeak: (username, key) => ownership.isOpenTo({ username, key }),
          keyOf: line => proofs.keyOf(line),
        },
        rooms,
        ...told,
      ),
    [
      TOKENS.FixedConfig,
      TOKENS.LiveSettings,
      TOKENS.OpenPort,
      HostKeyToken,
      TOKENS.Connections,
      TOKENS.NameOwnership,
      TOKENS.KeyProofs,
      RoomsToken,
      TOKENS.Logger,
      TOKENS.Meter,
    ],
  );
});
