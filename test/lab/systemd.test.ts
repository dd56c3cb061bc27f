import {afterEach, expect, test} from 'vitest';
import {imageName} from '../../src/lab/lab.js';
import {describeLab, expectExit} from './rig.js';

/**
 * A systemd in a process namespace of its own, as the lab's hosts have none. It answers only those who are in its
 * namespace, so `systemctl` goes in.
 */
const systemdText = `cat > /usr/local/bin/systemctl <<'DOOR'
#!/bin/sh
exec nsenter --target "$(pgrep -xo systemd)" --pid --mount /usr/bin/systemctl "$@"
DOOR
chmod 755 /usr/local/bin/systemctl
setsid unshare --fork --pid --mount-proc --kill-child env container=podman \\
  /usr/lib/systemd/systemd --system --unit=sysinit.target </dev/null >/dev/null 2>&1 &
tries=0
until /usr/local/bin/systemctl is-system-running 2>/dev/null | grep -q running; do
  tries=$((tries + 1))
  [ $tries -lt 100 ]
  sleep 0.2
done
mkdir -p /etc/systemd/system/app.service.d
cat > /etc/systemd/system/app.service <<'UNIT'
[Service]
Type=oneshot
RemainAfterExit=yes
Restart=on-failure
ExecStart=/usr/bin/podman start app
[Install]
WantedBy=multi-user.target
UNIT
/usr/local/bin/systemctl daemon-reload
/usr/local/bin/systemctl enable --now app.service`;

/** What the refusal says that is to be done. */
const givenUpText = `systemctl disable app.service
printf '[Service]\\nRestart=no\\n' > /etc/systemd/system/app.service.d/own.conf
systemctl daemon-reload`;

describeLab('systemd', {lab: 'systemd', images: ['busybox']}, (rig) => {
  afterEach(async () => {
    await rig.shell(
      'alpha',
      'pkill -x systemd || :; rm -rf /etc/systemd/system/app.service* /usr/local/bin/systemctl',
    );
    await rig.clear();
  });

  test('what a unit would start again is not moved, until the unit was told not to', async () => {
    await rig.shell(
      'alpha',
      'podman run --detach --name app --network lan --stop-timeout 1 "$1" >/dev/null',
      imageName('busybox'),
    );
    await rig.shell('alpha', systemdText);
    const plan = await rig.plan(
      'unit',
      'containers:\n  app: {on: beta, strategy: [stateful, cold]}\n',
    );
    const refused = await rig.begin(['apply', plan, '--yes']).ended;
    expectExit(refused, 14);
    const said = refused.stdout + refused.stderr;
    for (const strategy of ['stateful', 'cold'])
      expect(said).toContain(
        `${strategy} from alpha to beta: the unit "app.service" of systemd on the source would start it there again ("Restart=on-failure")`,
      );
    expect(said).toContain('systemctl disable app.service');
    expect(await rig.where('app')).toBe('alpha running');

    await rig.shell('alpha', givenUpText);
    expectExit(await rig.apply(plan), 0);
    expect(await rig.where('app')).toBe('beta running');
    expect(await rig.leftovers()).toEqual([]);
  });
});
